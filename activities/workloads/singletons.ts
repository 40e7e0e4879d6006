import { CutoverFailure } from '#domain/failures.ts';
import {
  holdPatch,
  isQuietDeployment,
  isUnfinishedJobOf,
  ranBefore,
  recordedBefore,
  releasePatch,
  restorePatch,
  stopPatch,
  type MergePatch,
} from '#domain/workloads/singletons.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { blueRef, greenRef } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { GreenInput, MigrationActivities } from '#activities/contract.ts';
import { CRON_JOBS, DEPLOYMENTS, JOBS, PODS } from '#activities/kinds.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * Singletons change sides (I7). Both ways are: stop all on one side, see that nothing of them runs any more, release
 * them on the other. What they were is recorded on blue's own objects in the patch that stops them, so either way
 * goes on from whatever a dead worker left. Seeing takes time: each look that is not quiet is a `waiting`.
 */
export function singletons(
  tools: Tools,
): Pick<MigrationActivities, 'handOverSingletons' | 'returnSingletons'> {
  const { ports } = tools;
  return {
    handOverSingletons: async (input) => {
      const run = thisRun(tools);
      const { spec, resolved } = input;
      const blue = await ports.kubernetes.connect(blueRef(spec), resolved.blue, run.signal);
      const green = await ports.kubernetes.connect(greenRef(spec), input.green, run.signal);
      const held = await listSingletons(blue, spec, run.signal);
      await assertTwins(held, green, run.signal);
      await stopAll(blue, held, holdPatch, run);
      await assertQuiet(blue, held, run);
      for (const object of await listSingletons(blue, spec, run.signal)) {
        const before = recordedBefore(object);
        // Created on blue since the look above: the next attempt holds it.
        if (before === null) throw run.waiting('a new singleton on blue', nameOf(object));
        const twin = await twinOf(green, object, run.signal);
        const patch = twin === null ? null : releasePatch(twin, before);
        if (patch !== null) await merge(green, object, patch, run.signal);
      }
      return countsOf(held);
    },

    returnSingletons: async (input) => {
      const run = thisRun(tools);
      const { spec, resolved } = input;
      const blue = await ports.kubernetes.connect(blueRef(spec), resolved.blue, run.signal);
      const held = (await listSingletons(blue, spec, run.signal)).filter(
        (object) => recordedBefore(object) !== null,
      );
      // A green that is gone runs nothing.
      if (held.length > 0 && (await ports.clusters.describe(greenRef(spec), run.signal)) !== null) {
        const green = await ports.kubernetes.connect(greenRef(spec), input.green, run.signal);
        const twins = (
          await Promise.all(held.map(async (object) => twinOf(green, object, run.signal)))
        ).flatMap((twin) => twin ?? []);
        await stopAll(green, twins, stopPatch, run);
        await assertQuiet(green, twins, run);
      }
      for (const object of held) {
        const before = recordedBefore(object);
        if (before !== null) await merge(blue, object, restorePatch(object, before), run.signal);
      }
      return countsOf(held);
    },
  };
}

/** What the plan calls singletons, as it is on blue now. */
async function listSingletons(
  blue: KubernetesCluster,
  spec: GreenInput['spec'],
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const namespaces = spec.singletons.cronJobs === 'all' ? spec.workloads.namespaces : [];
  const cronJobs = await Promise.all(
    namespaces.map(async (namespace) => blue.list(CRON_JOBS, namespace, signal)),
  );
  const deployments = await Promise.all(
    spec.singletons.deployments.map(async (singleton) => {
      const [namespace = '', name = ''] = singleton.split('/');
      const found = await blue.get(DEPLOYMENTS, namespace, name, signal);
      if (found !== null) return found;
      throw new CutoverFailure('not-found', 'blue has no such Deployment', { resource: singleton });
    }),
  );
  return [...cronJobs.flat(), ...deployments];
}

/** Nothing is stopped that green could not take over: it would run nowhere. */
async function assertTwins(
  held: readonly KubernetesObject[],
  green: KubernetesCluster,
  signal: AbortSignal,
): Promise<void> {
  for (const object of held)
    if (ranBefore(object) && (await twinOf(green, object, signal)) === null)
      throw new CutoverFailure('not-found', `green has no such ${object.kind}`, {
        resource: nameOf(object),
      });
}

async function stopAll(
  cluster: KubernetesCluster,
  objects: readonly KubernetesObject[],
  patchOf: (object: KubernetesObject) => MergePatch | null,
  run: ActivityRun,
): Promise<void> {
  const stopped: string[] = [];
  for (const object of objects) {
    run.heartbeat();
    const patch = patchOf(object);
    if (patch === null) continue;
    await merge(cluster, object, patch, run.signal);
    if (ranBefore(object)) stopped.push(nameOf(object));
  }
  // A controller may be starting a Job at this very moment: look again only after a pause.
  if (stopped.length > 0) throw run.waiting('just stopped, looking again', stopped.join(', '));
}

async function assertQuiet(
  cluster: KubernetesCluster,
  objects: readonly KubernetesObject[],
  run: ActivityRun,
): Promise<void> {
  for (const object of objects) {
    run.heartbeat();
    const { namespace = '', name } = object.metadata;
    if (object.kind === 'CronJob') {
      const jobs = await cluster.list(JOBS, namespace, run.signal);
      if (jobs.some((job) => isUnfinishedJobOf(object, job)))
        throw run.waiting('a Job is still running', nameOf(object));
    } else {
      const now = await cluster.get(DEPLOYMENTS, namespace, name, run.signal);
      const pods = await cluster.list(PODS, namespace, run.signal);
      if (now !== null && !isQuietDeployment(now, pods))
        throw run.waiting('a pod is still running', nameOf(object));
    }
  }
}

async function twinOf(
  cluster: KubernetesCluster,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<KubernetesObject | null> {
  const { namespace = '', name } = object.metadata;
  return cluster.get(kindOf(object), namespace, name, signal);
}

async function merge(
  cluster: KubernetesCluster,
  object: KubernetesObject,
  patch: MergePatch,
  signal: AbortSignal,
): Promise<void> {
  const { namespace = '', name } = object.metadata;
  await cluster.merge(kindOf(object), namespace, name, patch, signal);
}

function kindOf(object: KubernetesObject): typeof CRON_JOBS {
  return object.kind === 'CronJob' ? CRON_JOBS : DEPLOYMENTS;
}

function nameOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function countsOf(objects: readonly KubernetesObject[]): Readonly<Record<string, number>> {
  const cronJobs = objects.filter((object) => object.kind === 'CronJob').length;
  return { cronJobs, deployments: objects.length - cronJobs };
}
