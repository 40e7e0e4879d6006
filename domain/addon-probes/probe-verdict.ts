import { assertNever } from '#domain/assert-never.ts';
import { fieldsOf, isFields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { Probe } from './probe.ts';
import type { Asking } from './probe-objects.ts';
import { resultOf, type ProbeResult, type ProbeVerdict } from './probe-result.ts';
import { probeObjectName } from './probe-setting.ts';
import {
  jobState,
  nodesWith,
  warningsAbout,
  type JobState,
  type SeenObjects,
} from './seen-objects.ts';

/**
 * What the probes' objects say by now. A Job's own deadline decides, so that a worker that comes back later judges the same; what the
 * cluster never answers at all is over with the asking. Pure.
 */
export interface Looked {
  readonly asking: Asking;
  readonly seen: SeenObjects;
  /** Where the API server refused an object of the probe: why. */
  readonly refused: ReadonlyMap<Probe, string>;
  /** APIService `v1beta1.metrics.k8s.io` of the asked cluster; null where it has none. */
  readonly metricsApi: KubernetesObject | null;
  /** There was the time of one probe. */
  readonly timeIsUp: boolean;
  /** Nothing is waited for any more. */
  readonly isOver: boolean;
}

/** Results in the order of the probes; null while one is open. */
export function verdictsOf(
  probes: readonly Probe[],
  looked: Looked,
): readonly ProbeResult[] | null {
  const verdicts = probes.map((probe) => [probe, verdictOf(probe, looked)] as const);
  const decided = verdicts.flatMap(([probe, verdict]) =>
    verdict === null ? [] : [[probe, verdict] as const],
  );
  if (decided.length < verdicts.length) return null;
  const network = decided.find(([{ kind }]) => kind === 'pod-on-every-node')?.[1];
  return decided.map(([probe, verdict]) =>
    resultOf(probe, network?.kind === 'failed' ? withoutNetwork(probe, verdict, looked) : verdict),
  );
}

/** What is still waited for, for people who look. */
export function openProbes(probes: readonly Probe[], looked: Looked): readonly Probe[] {
  return probes.filter((probe) => verdictOf(probe, looked) === null);
}

function verdictOf(probe: Probe, looked: Looked): ProbeVerdict | null {
  const { isOver, timeIsUp, refused } = looked;
  const refusal = refused.get(probe);
  if (refusal !== undefined) return timeIsUp ? failed(refusal) : null;
  const verdict = answered(probe, looked);
  // What has a Job is told by its Job, whose own time begins when its controller sees it.
  const isLate = probe.kind === 'metrics-api' ? timeIsUp : isOver;
  return verdict === null && isLate ? failed(lastWords(probe, looked)) : verdict;
}

function answered(probe: Probe, looked: Looked): ProbeVerdict | null {
  const { asking, seen } = looked;
  switch (probe.kind) {
    case 'pod-on-every-node':
      return everyNode(probe, looked);
    case 'service-routing': {
      const caller = ofJob(jobState(seen, nameOf(probe, asking, '')), 'answered by ClusterIP');
      const isAsked = jobState(seen, nameOf(probe, asking, '')).kind !== 'absent';
      return caller === null && !isAsked && looked.timeIsUp
        ? { kind: 'not-run', evidence: 'no probe pod ran that a Service could lead to' }
        : caller;
    }
    case 'dns-inside':
    case 'dns-outside':
      return ofJob(jobState(seen, nameOf(probe, asking, '')), 'resolved');
    case 'volume':
      return ofVolume(probe, looked);
    case 'metrics-api':
      return ofMetrics(looked.metricsApi);
    case 'webhooks':
      return passed('a Deployment passed every admission webhook');
    default:
      return assertNever(probe);
  }
}

/** Its pods go on answering after they were counted, so the time of its Job is no verdict. */
function everyNode(probe: Probe, { asking, seen, timeIsUp }: Looked): ProbeVerdict | null {
  const { nodes } = asking;
  const job = nameOf(probe, asking, '');
  // What the Job was made for counts: nodes may have come or gone since.
  const wanted = wantedPods(seen, job) ?? Math.max(1, nodes);
  const on = nodesWith(seen, job).size;
  const isComplete = jobState(seen, job).kind === 'complete';
  if (isComplete || on >= wanted) return passed(`a pod ran on each of ${wanted} nodes`);
  if (!timeIsUp) return null;
  const [told] = warningsAbout(seen, job);
  return failed(`pods run on ${on} of ${wanted} nodes${told === undefined ? '' : `; ${told}`}`);
}

function wantedPods(seen: SeenObjects, job: string): number | null {
  const found = seen.jobs.find(({ metadata }) => metadata.name === job);
  const { completions } = fieldsOf(found?.['spec']);
  return typeof completions === 'number' ? completions : null;
}

function ofVolume(
  probe: Extract<Probe, { readonly kind: 'volume' }>,
  { asking, seen }: Looked,
): ProbeVerdict | null {
  if (probe.provisioner === null) return failed('green has no StorageClass of this name');
  const written = jobState(seen, nameOf(probe, asking, 'write'));
  if (written.kind !== 'complete') {
    const verdict = ofJob(written, '');
    if (verdict?.kind !== 'failed') return verdict;
    const [told] = warningsAbout(seen, nameOf(probe, asking, ''));
    return failed(`bind and write: ${told ?? verdict.evidence}`);
  }
  const read = ofJob(jobState(seen, nameOf(probe, asking, 'read')), 'bound, written, read');
  return read?.kind === 'failed' ? failed(`read by a second pod: ${read.evidence}`) : read;
}

function ofMetrics(metricsApi: KubernetesObject | null): ProbeVerdict | null {
  if (metricsApi === null) return null;
  const available = availableOf(metricsApi);
  return available?.['status'] === 'True' ? passed('metrics.k8s.io is available') : null;
}

function availableOf(metricsApi: KubernetesObject): ReturnType<typeof fieldsOf> | undefined {
  const { conditions } = fieldsOf(metricsApi['status']);
  const all: readonly unknown[] = Array.isArray(conditions) ? conditions : [];
  return all.filter(isFields).find(({ type }) => type === 'Available');
}

function ofJob(state: JobState, otherwise: string): ProbeVerdict | null {
  switch (state.kind) {
    case 'complete':
      return passed(state.evidence === '' ? otherwise : state.evidence);
    case 'failed':
      return failed(state.evidence);
    case 'absent':
    case 'running':
      return null;
    default:
      return assertNever(state);
  }
}

/** Of a probe that nothing answered in time. */
function lastWords(probe: Probe, { asking, seen, metricsApi }: Looked): string {
  if (probe.kind === 'metrics-api') {
    if (metricsApi === null) return 'green does not serve metrics.k8s.io, and blue does';
    const { reason, message } = availableOf(metricsApi) ?? {};
    return `metrics.k8s.io is not available: ${String(reason)}: ${String(message)}`;
  }
  const [told] = warningsAbout(seen, nameOf(probe, asking, ''));
  return `no answer in time${told === undefined ? '' : `; ${told}`}`;
}

/** A pod that never ran could not ask anything: that is the network's failure, and told there. */
function withoutNetwork(probe: Probe, verdict: ProbeVerdict, looked: Looked): ProbeVerdict {
  if (verdict.kind !== 'failed' || probe.kind === 'pod-on-every-node') return verdict;
  const { asking, seen } = looked;
  const states = ['', 'write', 'read'].map((part) => jobState(seen, nameOf(probe, asking, part)));
  const started = states.some((state) => state.kind === 'failed' && state.started);
  const asked = states.some((state) => state.kind !== 'absent');
  const needsPods = probe.kind !== 'metrics-api' && probe.kind !== 'webhooks';
  return needsPods && asked && !started
    ? { kind: 'not-run', evidence: 'its pod never ran: see pod-on-every-node' }
    : verdict;
}

function nameOf(probe: Probe, { setting, slugs }: Asking, part: string): string {
  return probeObjectName(setting, slugs.get(probe) ?? probe.kind, part);
}

function passed(evidence: string): ProbeVerdict {
  return { kind: 'passed', evidence };
}

function failed(evidence: string): ProbeVerdict {
  return { kind: 'failed', evidence };
}
