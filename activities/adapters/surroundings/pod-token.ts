import { readFile } from 'node:fs/promises';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { Surroundings } from '#activities/ports/surroundings.ts';

/** Where Kubernetes mounts the token of a pod's service account ("Configure Service Accounts for Pods"). */
const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Only the issuer is read of the token, and nothing of it is kept. @param file @default where Kubernetes mounts it */
export function podToken(file = TOKEN_FILE): Pick<Surroundings, 'tokenIssuer'> {
  return {
    tokenIssuer: async () => {
      const token = await readFile(file, 'utf8').catch(() => '');
      return issuerIn(token.trim());
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
