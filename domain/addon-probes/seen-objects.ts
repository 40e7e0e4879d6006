import { fieldsOf, isFields, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** What stands in the probes' namespace now, and what its events say. Pure reading of objects that may have any shape. */
export interface SeenObjects {
  readonly jobs: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  readonly claims: readonly KubernetesObject[];
  readonly services: readonly KubernetesObject[];
  readonly events: readonly KubernetesObject[];
}

export type JobState =
  /** Not there yet. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'running' }
  | { readonly kind: 'complete'; readonly evidence: string }
  /** @property started did a container of it ever run? */
  | { readonly kind: 'failed'; readonly evidence: string; readonly started: boolean };

/** A Job by name: what its pod said last, or what the cluster says of it. */
export function jobState(seen: SeenObjects, name: string): JobState {
  const job = seen.jobs.find(({ metadata }) => metadata.name === name);
  if (job === undefined) return { kind: 'absent' };
  const said = podsOf(seen, name).flatMap(messagesOf).at(-1) ?? '';
  if (hasCondition(job, 'Complete')) return { kind: 'complete', evidence: said };
  const failed = conditionOf(job, 'Failed');
  if (failed === null) return { kind: 'running' };
  if (said !== '') return { kind: 'failed', evidence: said, started: true };
  const why = `${texts(failed['reason'])}: ${texts(failed['message'])}`;
  const [told] = warningsAbout(seen, name);
  return { kind: 'failed', evidence: told ?? why, started: hasStarted(seen, name) };
}

/** Pods of a Job. */
function podsOf(seen: SeenObjects, job: string): readonly KubernetesObject[] {
  return seen.pods.filter(
    ({ metadata }) => metadata.labels?.['batch.kubernetes.io/job-name'] === job,
  );
}

/** Nodes on which a pod of the Job runs, or has run to a good end. */
export function nodesWith(seen: SeenObjects, job: string): ReadonlySet<string> {
  return new Set(
    podsOf(seen, job)
      .filter((pod) => ['Running', 'Succeeded'].includes(phaseOf(pod)))
      .flatMap((pod) => {
        const { nodeName } = fieldsOf(pod['spec']);
        return typeof nodeName === 'string' ? [nodeName] : [];
      }),
  );
}

/** Is a pod of the Job ready to answer? */
export function isAnyReady(seen: SeenObjects, job: string): boolean {
  return podsOf(seen, job).some((pod) => hasCondition(pod, 'Ready'));
}

/**
 * What the cluster says of an object and what it made, most telling first: warnings before the rest, newer before older. Events
 * outlive the pods that a Job's deadline takes away.
 */
export function warningsAbout(seen: SeenObjects, name: string): readonly string[] {
  return seen.events
    .filter((event) => {
      const about = fieldsOf(event['involvedObject'])['name'];
      return about === name || (typeof about === 'string' && about.startsWith(`${name}-`));
    })
    .filter((event) => !QUIET.has(texts(event['reason'])))
    .toSorted((a, b) => weightOf(b) - weightOf(a) || timeOf(b).localeCompare(timeOf(a)))
    .map((event) => {
      const host = texts(fieldsOf(event['source'])['host']);
      const where = host === '' ? '' : ` on ${host}`;
      return `${texts(event['reason'])}${where}: ${texts(event['message'])}`;
    });
}

/** Events of a life that goes well, and the Job controller's own words about its end. */
const QUIET: ReadonlySet<string> = new Set([
  'Scheduled',
  'Pulling',
  'Pulled',
  'Created',
  'Started',
  'Killing',
  'SuccessfulCreate',
  'SuccessfulDelete',
  'Completed',
  'DeadlineExceeded',
  'BackoffLimitExceeded',
  'WaitForFirstConsumer',
  'WaitForPodScheduled',
  'Provisioning',
]);

function hasStarted(seen: SeenObjects, job: string): boolean {
  const ran = podsOf(seen, job).some((pod) => phaseOf(pod) !== 'Pending');
  return ran || seen.events.some((event) => isStartOf(event, job));
}

function isStartOf(event: KubernetesObject, job: string): boolean {
  const about = texts(fieldsOf(event['involvedObject'])['name']);
  return about.startsWith(`${job}-`) && texts(event['reason']) === 'Started';
}

function weightOf(event: KubernetesObject): number {
  return event['type'] === 'Warning' ? 1 : 0;
}

function timeOf(event: KubernetesObject): string {
  return texts(event['lastTimestamp']) || texts(event['eventTime']);
}

function messagesOf(pod: KubernetesObject): readonly string[] {
  const statuses = fieldsOf(pod['status'])['containerStatuses'];
  const all: readonly unknown[] = Array.isArray(statuses) ? statuses : [];
  return all.flatMap((status) => {
    const { terminated } = fieldsOf(fieldsOf(status)['state']);
    const message = texts(fieldsOf(terminated)['message']);
    return message === '' ? [] : [message];
  });
}

function phaseOf(pod: KubernetesObject): string {
  return texts(fieldsOf(pod['status'])['phase']);
}

function conditionOf(object: KubernetesObject, type: string): Fields | null {
  const { conditions } = fieldsOf(object['status']);
  const all: readonly unknown[] = Array.isArray(conditions) ? conditions : [];
  return (
    all.filter(isFields).find((one) => one['type'] === type && one['status'] === 'True') ?? null
  );
}

function hasCondition(object: KubernetesObject, type: string): boolean {
  return conditionOf(object, type) !== null;
}

function texts(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
