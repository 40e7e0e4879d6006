/**
 * Users that come back: each session keeps the cookies it was given, so that a load balancer's target group stickiness
 * works on it as on a browser. Expiry is left to the server, which puts the end into the cookie it checks.
 */
import type { Random } from '#sandbox/data-plane/seeded-random.ts';

export interface Session {
  /** Value for the `cookie` header, undefined while there is none. */
  readonly cookieHeader: () => string | undefined;
  readonly take: (setCookie: string | readonly string[] | undefined) => void;
}

/** Picks a session for the next request; undefined where users are not told apart. */
export function sessionPool(count: number, random: Random): () => Session | undefined {
  const sessions = Array.from({ length: count }, session);
  return () => sessions[Math.floor(random() * count)];
}

function session(): Session {
  const cookies = new Map<string, string>();
  return {
    cookieHeader: () =>
      cookies.size === 0 ? undefined : [...cookies].map(([k, v]) => `${k}=${v}`).join('; '),
    take: (setCookie) => {
      for (const line of [setCookie ?? []].flat()) {
        const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
        if (name !== '') cookies.set(name, value);
      }
    },
  };
}
