import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { Probe } from './probe.ts';
import { MOUNT_PATH, PROBE_PORT, probeJob } from './probe-job.ts';
import {
  labelsOf,
  overAfterSeconds,
  probeObjectName,
  triesForSeconds,
  type ProbeSetting,
} from './probe-setting.ts';
import { isAnyReady, jobState, type SeenObjects } from './seen-objects.ts';

/**
 * The objects that a probe needs now: some wait until others have done their part (a reader for its writer, a caller for somebody
 * who answers). Each is made once; what is there is left as it is. Pure.
 */
export interface Asking {
  readonly setting: ProbeSetting;
  /** How many nodes take pods. */
  readonly nodes: number;
  readonly slugs: ReadonlyMap<Probe, string>;
}

/** Whose pods answer, and the Service in front of them. */
const ANSWERING = 'pod-on-every-node';

const GIBIBYTE = '1Gi';

export function objectsOf(
  probe: Probe,
  asking: Asking,
  seen: SeenObjects,
): readonly KubernetesObject[] {
  const { setting, nodes, slugs } = asking;
  const slug = slugs.get(probe) ?? probe.kind;
  const triesFor = String(triesForSeconds(setting));
  const name = (part: string): string => probeObjectName(setting, slug, part);
  switch (probe.kind) {
    case 'pod-on-every-node':
      // Where nodes come only when pods ask for them, one pod asks.
      return [serveJob(setting, slug, Math.max(1, nodes)), serviceOf(setting, slug)];
    case 'service-routing': {
      const address = addressOfService(seen, setting);
      if (address === null || !mayCall(seen, setting)) return [];
      const args = ['fetch', triesFor, address, String(PROBE_PORT)];
      return [probeJob(setting, { slug, part: '', args })];
    }
    case 'dns-inside': {
      const own = `${probeObjectName(setting, ANSWERING, '')}.${setting.namespace}`;
      const args = ['resolve', triesFor, 'kubernetes.default', own];
      // A name of a Service that is not there yet would be told as broken.
      return addressOfService(seen, setting) === null
        ? []
        : [probeJob(setting, { slug, part: '', args })];
    }
    case 'dns-outside':
      return [probeJob(setting, { slug, part: '', args: ['resolve', triesFor, probe.name] })];
    case 'volume': {
      if (probe.provisioner === null) return [];
      const claim = name('');
      const file = `${MOUNT_PATH}/cutover`;
      const words = setting.ref.migrationId;
      const write = { slug, part: 'write', args: ['write', triesFor, file, words], claim };
      const read = { slug, part: 'read', args: ['read', triesFor, file, words], claim };
      const isWritten = jobState(seen, name('write')).kind === 'complete';
      return [
        claimOf(setting, slug, probe.storageClass),
        probeJob(setting, write),
        ...(isWritten ? [probeJob(setting, read)] : []),
      ];
    }
    case 'webhooks':
      return [sleepingDeployment(setting, slug)];
    default:
      return [];
  }
}

/** Its pods answer for as long as anybody may call, and end by themselves. */
function serveJob(setting: ProbeSetting, slug: string, onNodes: number): KubernetesObject {
  const answerForSeconds = overAfterSeconds(setting);
  const args = ['serve', String(answerForSeconds), String(PROBE_PORT)];
  const endsAfterSeconds = 2 * answerForSeconds;
  return probeJob(setting, { slug, part: '', args, onNodes, endsAfterSeconds });
}

/** A caller before there is somebody to call would tell of nothing. */
function mayCall(seen: SeenObjects, setting: ProbeSetting): boolean {
  const job = probeObjectName(setting, ANSWERING, '');
  return isAnyReady(seen, job) || jobState(seen, job).kind === 'complete';
}

function addressOfService(seen: SeenObjects, setting: ProbeSetting): string | null {
  const name = probeObjectName(setting, ANSWERING, '');
  const service = seen.services.find(({ metadata }) => metadata.name === name);
  const { clusterIP } = fieldsOf(service?.['spec']);
  return typeof clusterIP === 'string' ? clusterIP : null;
}

function serviceOf(setting: ProbeSetting, slug: string): KubernetesObject {
  const labels = labelsOf(setting, slug);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: probeObjectName(setting, slug, ''),
      namespace: setting.namespace,
      labels,
    },
    spec: { selector: labels, ports: [{ port: PROBE_PORT, targetPort: PROBE_PORT }] },
  };
}

function claimOf(setting: ProbeSetting, slug: string, storageClassName: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: probeObjectName(setting, slug, ''),
      namespace: setting.namespace,
      labels: labelsOf(setting, slug),
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      resources: { requests: { storage: GIBIBYTE } },
    },
  };
}

/** Passes every webhook that a workload passes, and never has a pod. */
function sleepingDeployment(setting: ProbeSetting, slug: string): KubernetesObject {
  const labels = labelsOf(setting, slug);
  const job = probeJob(setting, { slug, part: '', args: ['serve', '1', String(PROBE_PORT)] });
  const { template } = fieldsOf(job['spec']);
  const { spec } = fieldsOf(template);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: probeObjectName(setting, slug, ''),
      namespace: setting.namespace,
      labels,
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { ...fieldsOf(spec), restartPolicy: 'Always' },
      },
    },
  };
}
