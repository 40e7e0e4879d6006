import type { STSClient } from '@aws-sdk/client-sts';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { z } from 'zod';

/**
 * The bearer token by which EKS knows an IAM principal: a presigned GetCallerIdentity for one cluster, which the cluster's
 * authenticator sends to STS. Format: kubernetes-sigs/aws-iam-authenticator, "API Authorization from Outside a Cluster".
 *
 * Invariant: a token is never logged, stored or returned by an activity (I10).
 */

/** The authenticator takes a token for 15 minutes after it was signed; we stop earlier. */
export const TOKEN_LIFE_MS = 10 * 60_000;
/** Of the URL itself, in seconds; the authenticator has its own, longer, clock. */
const URL_LIFE_SECONDS = 60;
const CLUSTER_HEADER = 'x-k8s-aws-id';

export async function eksToken(sts: STSClient, clusterName: string): Promise<string> {
  const { protocol, hostname, port, path } = await stsEndpoint(sts);
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const { credentials, region, sha256 } = sts.config;
  const signer = new SignatureV4({ service: 'sts', credentials, region, sha256 });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol,
      hostname,
      path,
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host, [CLUSTER_HEADER]: clusterName },
    },
    { expiresIn: URL_LIFE_SECONDS },
  );
  const text = Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  const url = `${protocol}//${host}${path}?${text}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

const endpointSchema = z.object({
  protocol: z.string(),
  hostname: z.string(),
  port: z.number().optional(),
  path: z.string(),
});

/**
 * Where this client would send its calls. The SDK settles that (region, partition, FIPS, a custom endpoint) only for a call
 * under way, so one is made and answered by ourselves before it is sent.
 */
async function stsEndpoint(sts: STSClient): Promise<z.infer<typeof endpointSchema>> {
  let request: unknown;
  const probe = new GetCallerIdentityCommand({});
  probe.middlewareStack.add(
    () => (call) => {
      request = call.request;
      return Promise.resolve({ response: {}, output: { $metadata: {} } });
    },
    { step: 'build', name: 'cutoverEndpointProbe' },
  );
  await sts.send(probe);
  return endpointSchema.parse(request);
}
