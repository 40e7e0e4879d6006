/**
 * Where the keys of OIDC issuers are published. On AWS a cluster's issuer is a URL that STS reads keys from; here the cluster's own
 * API server is asked (`/openid/v1/jwks`), which is where EKS gets them too.
 */
import type { JsonWebKey } from 'node:crypto';

export type PublishedKey = JsonWebKey & { readonly kid?: string | undefined };

export class TokenIssuers {
  readonly #keys = new Map<string, () => Promise<readonly PublishedKey[]>>();

  /** @param issuer with `https://` */
  publish(issuer: string, keys: () => Promise<readonly PublishedKey[]>): void {
    this.#keys.set(issuer, keys);
  }

  /** A deleted cluster's issuer answers nobody any more. */
  withdraw(issuer: string): void {
    this.#keys.delete(issuer);
  }

  /** Null where nobody answers. */
  async keysOf(issuer: string): Promise<readonly PublishedKey[] | null> {
    const keys = this.#keys.get(issuer);
    return keys === undefined ? null : keys();
  }
}
