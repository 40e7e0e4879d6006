import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { labelsOf, probeObjectName, type ProbeSetting } from './probe-setting.ts';

/**
 * A Job that runs one command of the probe program and leaves one sentence as its pod's termination message. It asks for no service
 * account token, no privileges, and little of a node; it ends by itself and is forgotten by itself.
 */
export interface JobOptions {
  readonly slug: string;
  /** Tells the Jobs of one probe apart; empty where it has one. */
  readonly part: string;
  readonly args: readonly string[];
  /** One pod on each of this many nodes. @default one pod, anywhere */
  readonly onNodes?: number;
  /** @default the setting's */
  readonly endsAfterSeconds?: number;
  /** A claim that is mounted at `/probe`. */
  readonly claim?: string;
}

/** Where a volume is mounted in a probe's pod. */
export const MOUNT_PATH = '/probe';
export const PROBE_PORT = 8080;
/** Where nobody takes them away: a worker that died for ever. Seconds. */
const FORGOTTEN_AFTER_SECONDS = 3600;
/** Nobody: "distroless" images use the same. */
const USER = 65_532;

export function probeJob(setting: ProbeSetting, options: JobOptions): KubernetesObject {
  const { slug, part, onNodes } = options;
  const labels = labelsOf(setting, slug);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: probeObjectName(setting, slug, part),
      namespace: setting.namespace,
      labels,
      annotations: { 'cutover/workflow-id': setting.ref.workflowId },
    },
    spec: {
      ...(onNodes === undefined ? {} : { parallelism: onNodes, completions: onNodes }),
      // The program tries again itself; a pod that is evicted, or whose node goes, says nothing about an add-on.
      backoffLimit: 0,
      podFailurePolicy: {
        rules: [
          {
            action: 'Ignore',
            onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }],
          },
        ],
      },
      activeDeadlineSeconds: options.endsAfterSeconds ?? setting.forSeconds,
      ttlSecondsAfterFinished: FORGOTTEN_AFTER_SECONDS,
      template: { metadata: { labels }, spec: podSpec(setting, options, labels) },
    },
  };
}

function podSpec(
  { image, program }: ProbeSetting,
  { args, onNodes, claim }: JobOptions,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 1,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    ...(onNodes === undefined ? {} : { affinity: oneOnEachNode(labels) }),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'probe',
        image,
        command: ['node', '--input-type=module', '--eval', program, '--', ...args],
        // Its own sentence, never a log.
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        resources: {
          requests: { cpu: '10m', memory: '48Mi' },
          limits: { memory: '128Mi' },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        ...(claim === undefined
          ? {}
          : { volumeMounts: [{ name: 'probe', mountPath: MOUNT_PATH }] }),
      },
    ],
    ...(claim === undefined
      ? {}
      : { volumes: [{ name: 'probe', persistentVolumeClaim: { claimName: claim } }] }),
  };
}

function oneOnEachNode(matchLabels: Readonly<Record<string, string>>): object {
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  };
}
