/** An add-on whose configuration its next version does not take, and an account that has no vCPUs left. */
import { CreateAddonCommand, DescribeAddonCommand } from '@aws-sdk/client-eks';
import { QUOTA_CODES } from '#sandbox/aws/quotas/quota-book.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Hazard } from './hazard.ts';
import { until, type World } from './world.ts';

/** Its default for 1.36 has no `ipvs`. */
const ADDON = 'kube-proxy';

export async function configureAddon({ eks }: World): Promise<readonly Hazard[]> {
  const names = { clusterName: BLUE, addonName: ADDON };
  await eks.send(
    new CreateAddonCommand({
      ...names,
      addonVersion: 'v1.34.6-eksbuild.18',
      configurationValues: JSON.stringify({ ipvs: { scheduler: 'rr' } }),
      resolveConflicts: 'OVERWRITE',
    }),
  );
  await until(`add-on ${ADDON} to be ACTIVE`, async () => {
    const { addon } = await eks.send(new DescribeAddonCommand(names));
    return addon?.status === 'ACTIVE';
  });
  return [{ code: 'addon-configuration', resource: ADDON }];
}

/** Blue's nodes have them all. */
export async function takeVcpus({ sandbox }: World): Promise<readonly Hazard[]> {
  const { instances, quotas } = sandbox.aws.account;
  quotas.set(QUOTA_CODES.onDemand, instances.vcpus('on-demand'));
  return [{ code: 'quota-full', resource: `ec2 ${QUOTA_CODES.onDemand}` }];
}
