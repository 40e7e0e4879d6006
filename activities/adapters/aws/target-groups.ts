import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroups } from '../../ports.ts';
import { asFailure } from '../known-failures.ts';
import type { AwsClients } from './aws-clients.ts';

/**
 * What stands behind a target group, as the load balancer's own health checks see it. Targets that are leaving are not
 * counted; one that has no checks yet (`initial`, `unused`) counts as not healthy.
 */
export function createTargetGroups({ clients }: { readonly clients: AwsClients }): TargetGroups {
  return {
    readHealth: (access, targetGroupArn, signal) =>
      asFailure(targetGroupArn, signal, async () => {
        const { TargetHealthDescriptions } = await clients
          .elb(access)
          .read.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }), {
            abortSignal: signal,
          });
        const states = (TargetHealthDescriptions ?? []).map(
          ({ TargetHealth }) => TargetHealth?.State,
        );
        const staying = states.filter(
          (state) => state !== 'draining' && state !== 'unhealthy.draining',
        );
        return {
          healthy: staying.filter((state) => state === 'healthy').length,
          total: staying.length,
        };
      }),
  };
}
