/**
 * The engine's worker as a process of its own, all four queues. Real: Temporal, the workflows, the activities, production's timings, the
 * adapters of everything that carries traffic (ELBv2, CloudWatch, HTTP). In memory: EKS and Kubernetes, a world for each
 * migration, so that many run side by side without an API server each.
 */
import { NativeConnection } from '@temporalio/worker';
import { createActivities } from '#activities/create-activities.ts';
import type { MigrationActivities } from '#activities/contract.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { quietTemporal } from '#test/support/temporal-server.ts';
import { createPorts } from '#workers/create-ports.ts';
import { createWorkers } from '#workers/create-workers.ts';
import { bundleWorkflows } from '#workers/workflow-bundle.ts';
import { createLogger } from '#workers/logger.ts';
import { answerQuestions } from './child.ts';

interface Input {
  readonly ref: { readonly workflowId: string };
  readonly spec: MigrationPlan['spec'];
}

quietTemporal();
const { ports: real } = createPorts({
  logger: createLogger({ logLevel: 'error' }),
  capsulesDirectory: process.env['BENCH_STATE_DIR'] ?? '.',
});
const worlds = new Map<string, MigrationActivities>();

function activitiesFor({ ref, spec }: Input): MigrationActivities {
  const known = worlds.get(ref.workflowId);
  if (known !== undefined) return known;
  const plan = {
    apiVersion: 'cutover/v1',
    kind: 'ClusterMigration',
    metadata: { name: 'bench' },
    spec,
  } as const;
  const { ports: inMemory } = createFakeWorld({ plan });
  const { router, smokeDoor, targetGroups, trafficMetrics, httpProbe, clock } = real;
  const made = createActivities({
    ...inMemory,
    router,
    smokeDoor,
    targetGroups,
    trafficMetrics,
    httpProbe,
    clock,
  });
  worlds.set(ref.workflowId, made);
  return made;
}

const names = Object.keys(createActivities(createFakeWorld().ports));
const dispatching: unknown = Object.fromEntries(
  names.map((name) => [
    name,
    async (input: Input): Promise<unknown> => {
      const activities = activitiesFor(input);
      const activity: unknown = Reflect.get(activities, name);
      if (typeof activity !== 'function') throw new Error(`no activity ${name}`);
      return Reflect.apply(activity, activities, [input]);
    },
  ]),
);

function areActivities(value: unknown): value is MigrationActivities {
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}

if (!areActivities(dispatching)) throw new Error('activities are missing');
const workers = await createWorkers({
  connection: await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' }),
  namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default',
  activities: dispatching,
  identity: 'bench',
  deployment: undefined,
  shutdownGraceSeconds: 1,
  workflowBundle: await bundleWorkflows(),
});
void Promise.all(workers.map((worker) => worker.run()));
answerQuestions({});
