/**
 * A light cluster's own key for service account tokens, and the tokens (TokenRequest, authentication.k8s.io/v1). Whoever verifies them
 * reads the public half where the cluster publishes it.
 */
import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { PublishedKey } from '#sandbox/aws/iam/token-issuers.ts';
import type { LightObject } from './light-object.ts';
import { badRequest } from './refusal.ts';

/** As real API servers: no token lives shorter. */
const SHORTEST_SECONDS = 600;

const requestSchema = z.object({
  spec: z.object({
    audiences: z.array(z.string()).default([]),
    expirationSeconds: z.int().min(SHORTEST_SECONDS).default(3_600),
  }),
});

export class ServiceAccountTokens {
  readonly #issuer: string;
  readonly #nowMs: () => number;
  #keys: { readonly privateKey: KeyObject; readonly published: PublishedKey } | undefined;

  constructor(issuer: string, nowMs: () => number) {
    this.#issuer = issuer;
    this.#nowMs = nowMs;
  }

  published(): readonly PublishedKey[] {
    return [this.#made().published];
  }

  /** The answer to a TokenRequest. @throws Refusal 400 */
  issue(account: LightObject, sent: unknown): object {
    const { data } = requestSchema.safeParse(sent);
    if (data === undefined) throw badRequest('a TokenRequest with spec.audiences is needed');
    const { audiences, expirationSeconds } = data.spec;
    const { privateKey, published } = this.#made();
    const iat = Math.floor(this.#nowMs() / 1_000);
    const exp = iat + expirationSeconds;
    const { namespace = '', name } = account.metadata;
    const claims = {
      iss: this.#issuer,
      sub: `system:serviceaccount:${namespace}:${name}`,
      aud: audiences,
      iat,
      nbf: iat,
      exp,
      jti: randomUUID(),
    };
    const head = { alg: 'ES256', kid: published.kid };
    const signed = [head, claims].map((part) => encoded(JSON.stringify(part))).join('.');
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
    const token = `${signed}.${encoded(sign('sha256', Buffer.from(signed), key))}`;
    return {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { name, namespace },
      spec: { audiences, expirationSeconds },
      status: { token, expirationTimestamp: new Date(exp * 1_000).toISOString() },
    };
  }

  #made() {
    if (this.#keys !== undefined) return this.#keys;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = publicKey.export({ format: 'jwk' });
    const kid = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
    this.#keys = { privateKey, published: { ...jwk, kid } };
    return this.#keys;
  }
}

function encoded(part: string | Buffer): string {
  return Buffer.from(part).toString('base64url');
}
