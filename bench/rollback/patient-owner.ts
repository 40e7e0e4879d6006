/**
 * The account's owner, who prepares hundreds of rules and target groups under the account's own rate limit. The SDK's retries end
 * when their quota is spent, which a client that is throttled for a minute spends at once; this one waits as long as it takes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isAwsError } from '#activities/adapters/known-failures.ts';
import { REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';

const PAUSE_MS = 1_000;

export function patientOwner(endpoint: string): ElasticLoadBalancingV2Client {
  const client = new ElasticLoadBalancingV2Client({
    endpoint,
    region: REGION,
    credentials: SANDBOX_CREDENTIALS,
    maxAttempts: 1,
  });
  client.middlewareStack.add(
    (next) => async (args) => {
      for (;;) {
        try {
          return await next(args);
        } catch (cause) {
          if (!isAwsError(cause, 'Throttling')) throw cause;
        }
        await delay(PAUSE_MS);
      }
    },
    { step: 'initialize', name: 'patience' },
  );
  return client;
}
