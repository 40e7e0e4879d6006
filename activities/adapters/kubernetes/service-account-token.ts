import { z } from 'zod';
import type { ApiServer } from './api-server.ts';

/**
 * A token as a pod of the service account would hold it (TokenRequest). Source: Kubernetes API reference, "TokenRequest
 * authentication.k8s.io/v1": no token lives shorter than ten minutes.
 */
const SHORTEST_SECONDS = 600;

const answerSchema = z.object({ status: z.object({ token: z.string().min(1) }) });

export async function serviceAccountToken(
  server: ApiServer,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  audience: string,
  signal: AbortSignal,
): Promise<string> {
  const answer = await server.send(
    {
      method: 'POST',
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`,
      contentType: 'application/json',
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { audiences: [audience], expirationSeconds: SHORTEST_SECONDS },
      },
    },
    signal,
  );
  return answerSchema.parse(answer).status.token;
}
