/** Green on an emulated EKS that goes wrong: the real adapters and activities, and what a person reads in the end. */
import { createActivities } from '#activities/create-activities.ts';
import type { MigrationActivities } from '#activities/contract.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { OutcomeRule } from '#sandbox/aws/eks/outcomes.ts';
import { emulatedEksUnderTest } from '#test/contract/eks-under-test.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import {
  createStage,
  provisioned,
  resolvedInput,
  type Stage,
} from '#test/activities/run-activity.ts';

type Under = Awaited<ReturnType<typeof emulatedEksUnderTest>>;

let under: Under;
beforeEach(async () => {
  under = await emulatedEksUnderTest();
});
afterEach(() => under.stop());

/** Green, its nodes and its add-ons, as the workflow has them made; the failure that ended it. */
async function whyNot(): Promise<CutoverFailure | null> {
  const { world, ports } = createFakeWorld();
  const kubernetes = { connect: async () => world.greenKubernetes };
  const activities = createActivities({ ...ports, ...under.ports, kubernetes }, QUICK_TIMINGS);
  try {
    await provision(createStage(), activities);
    return null;
  } catch (cause) {
    if (cause instanceof CutoverFailure) return cause;
    throw cause;
  }
}

async function provision(stage: Stage, activities: MigrationActivities): Promise<void> {
  const { settled } = stage;
  const input = await provisioned({ settled, activities }, await resolvedInput(stage));
  await settled(async () => activities.installAddons(input));
  await settled(async () => activities.awaitAddons(input));
}

function fails(kind: OutcomeRule['kind'], code: string): OutcomeRule {
  return { kind, cluster: 'shop-green', outcome: { kind: 'fail', code, message: 'as injected' } };
}

describe('a green that cannot be made', () => {
  it('is made where nothing goes wrong', async () => {
    expect(await whyNot()).toBeNull();
  });

  it.each<readonly [string, OutcomeRule, string, RegExp]>([
    [
      'without addresses',
      fails('cluster-create', 'InsufficientFreeAddresses'),
      'cluster-failed',
      /InsufficientFreeAddresses.*next: free addresses in the named subnets/u,
    ],
    [
      'without its role',
      fails('cluster-create', 'IamRoleNotFound'),
      'cluster-failed',
      /IamRoleNotFound.*next: the cluster’s role is gone/u,
    ],
    [
      'whose nodes never join',
      fails('nodegroup-create', 'NodeCreationFailure'),
      'nodegroup-failed',
      /NodeCreationFailure.*next: nodes started and never joined/u,
    ],
    [
      'whose nodes are too many for a quota',
      fails('nodegroup-create', 'InstanceLimitExceeded'),
      'nodegroup-failed',
      /InstanceLimitExceeded.*next: raise the quota of vCPUs/u,
    ],
    [
      'whose add-on fails',
      fails('addon-create', 'AdmissionRequestDenied'),
      'addon-failed',
      /AdmissionRequestDenied.*next: an admission webhook/u,
    ],
  ])('%s says so, with the next move', async (_, rule, type, says) => {
    under.aws.world?.eks.outcomes.add(rule);

    const failure = await whyNot();

    expect(failure?.type).toBe(type);
    expect(failure?.message).toMatch(says);
  });

  it('because the account has too many clusters names the quota', async () => {
    under.aws.world?.faults.add({
      service: 'eks',
      operation: 'CreateCluster',
      effect: { kind: 'error', code: 'ResourceLimitExceededException', status: 400 },
    });

    const failure = await whyNot();

    expect(failure?.type).toBe('limit-exceeded');
    expect(failure?.message).toContain('shop-green');
    expect(failure?.message).toMatch(/next: .*(?:quota|limit)/u);
  });
});
