import type { ResolvedRoute } from '#domain/migration/resolved.ts';

/**
 * What people must know before they let a name move: neither a step nor a rollback is faster than the caches of the world. Pure.
 */

/** An alias is answered with this TTL, whatever anybody wants (Route 53, "Choosing between alias and non-alias records"). */
export const ALIAS_TTL_SECONDS = 60;

/** For the gates; none where no route moves by DNS. */
export function dnsSpeedNotes(routes: readonly ResolvedRoute[]): readonly string[] {
  const named = routes.flatMap((route) => (route.with === 'route53' ? [route] : []));
  if (named.length === 0) return [];
  const ids = named.map(({ id }) => id).join(', ');
  const ttl = Math.max(...named.map(({ ttlSeconds }) => ttlSeconds));
  return [
    `users of ${ids} follow a weight, and a rollback, at the speed of DNS: not before ${ttl} s, and later where resolvers and clients keep answers for longer`,
  ];
}
