import { slugsOf, type Probe } from '#domain/addon-probes/probe.ts';
import { probedNodes } from '#domain/addon-probes/probe-nodes.ts';
import { objectsOf, type Asking } from '#domain/addon-probes/probe-objects.ts';
import type { ProbeReport } from '#domain/addon-probes/probe-result.ts';
import { overAfterSeconds, type ProbeSetting } from '#domain/addon-probes/probe-setting.ts';
import { openProbes, verdictsOf, type Looked } from '#domain/addon-probes/probe-verdict.ts';
import { probesFor } from '#domain/addon-probes/probes-for.ts';
import type { SeenObjects } from '#domain/addon-probes/seen-objects.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { MigrationRef } from '#domain/identity.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import {
  EVENTS,
  JOBS,
  NODES,
  PODS,
  SERVICES,
  STORAGE_CLASSES,
  VOLUME_CLAIMS,
} from '#activities/kinds.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { Tools } from '#activities/tools.ts';
import { metricsApiOf } from './metrics-api.ts';
import { makeNamespace, makeOnce, takeAway } from './place-probes.ts';

/**
 * One look at a cluster's probes: makes what is missing, reads what there is, judges. Any attempt, also of another worker, goes on where
 * the last one was, because everything stands in the cluster. With the verdict everything that was made is taken away.
 */
export interface AddonQuestion {
  readonly kubernetes: KubernetesCluster;
  readonly ref: MigrationRef;
  readonly probes: NonNullable<MigrationPlan['spec']['addons']['probes']>;
  /** Does the cluster that it is measured by have `metrics.k8s.io`? */
  readonly metricsExpected: boolean;
}

export type AddonAnswer =
  | { readonly kind: 'open'; readonly probes: readonly Probe[] }
  | { readonly kind: 'decided'; readonly report: ProbeReport };

export async function askAddons(
  tools: Tools,
  run: ActivityRun,
  question: AddonQuestion,
): Promise<AddonAnswer> {
  const { kubernetes, ref, metricsExpected } = question;
  const { image, namespace, forSeconds, outside, storageClasses } = question.probes;
  const program = await tools.ports.surroundings.probeProgram();
  const setting: ProbeSetting = { ref, image, namespace, forSeconds, program };
  const [nodes, classes] = await Promise.all([
    kubernetes.list(NODES, null, run.signal),
    kubernetes.list(STORAGE_CLASSES, null, run.signal),
  ]);
  const { probes, leftOut } = probesFor({
    outside,
    storageClasses: classes.map(({ metadata, ...object }) => ({
      name: metadata.name,
      provisioner: String(object['provisioner']),
    })),
    wantedClasses: storageClasses,
    metricsExpected,
  });
  const asking = { setting, nodes: probedNodes(nodes).length, slugs: slugsOf(probes) };
  const refused = await make(kubernetes, asking, probes, run);
  const [seen, metricsApi] = await Promise.all([
    look(kubernetes, namespace, run.signal),
    metricsApiOf(kubernetes, run.signal),
  ]);
  const askedSeconds = Math.min(run.elapsedMs(), ageMs(seen, tools)) / 1000;
  const looked: Looked = {
    asking,
    seen,
    refused,
    metricsApi,
    timeIsUp: askedSeconds >= forSeconds,
    isOver: askedSeconds >= overAfterSeconds(setting),
  };
  const results = verdictsOf(probes, looked);
  if (results === null) return { kind: 'open', probes: openProbes(probes, looked) };
  await takeAway(kubernetes, setting, run.signal);
  return { kind: 'decided', report: { results, leftOut } };
}

/** Makes what each probe needs now. What the API server itself cannot take yet is told with the probe that needs it. */
async function make(
  kubernetes: KubernetesCluster,
  asking: Asking,
  probes: readonly Probe[],
  run: ActivityRun,
): Promise<ReadonlyMap<Probe, string>> {
  const { setting } = asking;
  const refused = new Map<Probe, string>();
  const webhooks = probes.find(({ kind }) => kind === 'webhooks');
  const trying = async (probe: Probe | undefined, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (failure) {
      const reason = refusalOf(failure);
      if (reason === null || probe === undefined) throw failure;
      refused.set(probe, reason);
      return false;
    }
  };
  // A webhook that nobody answers holds up namespaces too, and then there is nothing to ask in.
  const hasPlace = await trying(webhooks, async () => makeNamespace(kubernetes, setting, run));
  if (!hasPlace) return refused;
  const seen = await look(kubernetes, setting.namespace, run.signal);
  for (const probe of probes)
    await trying(probe, async () => {
      for (const object of objectsOf(probe, asking, seen))
        await makeOnce(kubernetes, object, run.signal);
    });
  return refused;
}

/** An API server that cannot do it now, or will not: it may let it pass in time. Null for what is no answer of its. */
function refusalOf(failure: unknown): string | null {
  if (!(failure instanceof CutoverFailure)) return null;
  switch (failure.type) {
    case 'unavailable':
    case 'access-denied':
    case 'invalid-request':
      return failure.cause instanceof Error ? failure.cause.message : failure.message;
    default:
      return null;
  }
}

async function look(
  kubernetes: KubernetesCluster,
  namespace: string,
  signal: AbortSignal,
): Promise<SeenObjects> {
  const [jobs, pods, claims, services, events] = await Promise.all([
    kubernetes.list(JOBS, namespace, signal),
    kubernetes.list(PODS, namespace, signal),
    kubernetes.list(VOLUME_CLAIMS, namespace, signal),
    kubernetes.list(SERVICES, namespace, signal),
    kubernetes.list(EVENTS, namespace, signal),
  ]);
  return { jobs, pods, claims, services, events };
}

/** Since the first Job was made; a worker that comes back after everything was taken away begins anew. */
function ageMs({ jobs }: SeenObjects, { ports }: Tools): number {
  const times = jobs.map(({ metadata }) =>
    Date.parse(String(fieldsOf(metadata)['creationTimestamp'])),
  );
  const oldest = Math.min(...times.filter((ms) => !Number.isNaN(ms)));
  return Number.isFinite(oldest) ? ports.clock.nowMs() - oldest : Number.POSITIVE_INFINITY;
}
