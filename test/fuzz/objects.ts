import {
  floorOf,
  holdNode,
  nodesUnder,
  releaseNode,
  unfloor,
} from '#domain/capacity/capacity-floor.ts';
import { crashLoopsOf, movingCanaries, nodesOf } from '#domain/guard/kubernetes-health.ts';
import { objectOwner } from '#domain/workloads/object-owner.ts';
import {
  holdPatch,
  isQuietDeployment,
  isUnfinishedJobOf,
  ranBefore,
  recordedBefore,
  releasePatch,
  restorePatch,
} from '#domain/workloads/singletons.ts';
import { copyForGreen, type KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { isEstablished, unavailableReason } from '#domain/workloads/workload-health.ts';

/** What an API server may answer: objects of the kinds that we read, right ones; and everything that we ask of them. */

const metadata = {
  name: 'web',
  namespace: 'shop',
  labels: { app: 'web' },
  annotations: { 'cutover.dev/before': '2' },
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: '1' }],
};

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1', env: [{ name: 'A', value: 'b' }] }] },
};

export const OBJECT_CORPUS: readonly KubernetesObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
    status: {
      replicas: 2,
      availableReplicas: 2,
      conditions: [{ type: 'Available', status: 'True' }],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { type: 'ClusterIP', clusterIP: '10.0.0.1', ports: [{ port: 80, targetPort: 'http' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName: 'node-1', containers: [{ name: 'web' }] },
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'web', restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } } },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', annotations: {} },
    status: {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-11-25T12:00:00Z' }],
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata,
    spec: { suspend: false, schedule: '* * * * *', jobTemplate: { spec: { template } } },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...metadata, ownerReferences: [{ kind: 'CronJob', name: 'web' }] },
    spec: { template },
    status: { active: 1, conditions: [{ type: 'Complete', status: 'True' }] },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: { minReplicas: 1, maxReplicas: 5, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
    status: { currentReplicas: 3 },
  },
  {
    apiVersion: 'elbv2.k8s.aws/v1beta1',
    kind: 'TargetGroupBinding',
    metadata,
    spec: {
      targetGroupARN: 'blue',
      serviceRef: { name: 'web', port: 80 },
      networking: { ingress: [] },
    },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'canaries.flagger.app' },
    spec: { names: { kind: 'Canary', plural: 'canaries' }, versions: [{ name: 'v1' }] },
    status: { conditions: [{ type: 'Established', status: 'True' }] },
  },
  { apiVersion: 'flagger.app/v1', kind: 'Canary', metadata, status: { phase: 'Progressing' } },
];

const TARGETS = {
  targetGroups: { blue: 'green' },
  securityGroups: { green: ['sg-1'] },
  labels: { 'cutover.dev/migration': '1' },
  held: ['shop/web'],
};
const FACTS = { recorded: { 'shop/web': 2 }, singletons: [], deployments: [] };

/** Asks of the object what is asked of each kind; whatever it is, an answer is due. */
export function readAsEverything(object: KubernetesObject): void {
  copyForGreen(object, TARGETS);
  floorOf(object, { ...FACTS, autoscalers: [object], deployments: [object] });
  unfloor(object);
  holdNode(object);
  releaseNode(object);
  nodesUnder([object]);
  crashLoopsOf([object]);
  nodesOf([object], 0, (isoTime) => Date.parse(isoTime) / 1000);
  movingCanaries([object]);
  objectOwner(object, [['spec', 'minReplicas']]);
  holdPatch(object);
  restorePatch(object, recordedBefore(object) ?? '1');
  releasePatch(object, recordedBefore(object) ?? '1');
  ranBefore(object);
  isUnfinishedJobOf(object, object);
  isQuietDeployment(object, [object]);
  unavailableReason(object);
  isEstablished(object);
}
