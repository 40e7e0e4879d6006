import { readFile } from 'node:fs/promises';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { Surroundings } from '#activities/ports/surroundings.ts';

/** Where Kubernetes mounts the token of a pod's service account ("Configure Service Accounts for Pods"). */
const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Only the issuer is read of tokens, and nothing of them is kept. A pod need not have the token that Kubernetes mounts
 * (`automountServiceAccountToken: false`); one that gets an AWS role by its cluster has another, of the same issuer.
 * @param ofRoles files with tokens of such roles
 * @param mounted @default where Kubernetes mounts it
 */
export function podToken(
  ofRoles: readonly string[] = [],
  mounted = TOKEN_FILE,
): Pick<Surroundings, 'tokenIssuer'> {
  return {
    tokenIssuer: async () => {
      for (const file of [mounted, ...ofRoles]) {
        const token = await readFile(file, 'utf8').catch(() => '');
        const issuer = issuerIn(token.trim());
        if (issuer !== null) return issuer;
      }
      return null;
    },
  };
}

/** A JWT's `iss`; null where it is none. */
function issuerIn(token: string): string | null {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const { iss } = fieldsOf(claims);
    return typeof iss === 'string' ? iss : null;
  } catch {
    return null;
  }
}
