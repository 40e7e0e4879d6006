/** Workloads on blue that a move would hurt: what stays behind, what may run once only, what carries blue's name. */
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Hazard } from './hazard.ts';
import { deployment, writeAll, type Written } from './objects.ts';
import type { World } from './world.ts';

function selecting(name: string) {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name, image: 'harbour:1' }] } };
  return { selector: { matchLabels: labels }, template };
}

const STATEFUL: Written = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  name: 'ledger',
  rest: { spec: { ...selecting('ledger'), serviceName: 'ledger', replicas: 1 } },
};

const ON_EVERY_NODE: Written = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  name: 'tide-gauge',
  rest: { spec: selecting('tide-gauge') },
};

const BUDGET: Written = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  name: 'ledger',
  rest: { spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'ledger' } } } },
};

const LEASE: Written = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  name: 'harbour-master',
  rest: { spec: { holderIdentity: 'harbour-master-7d9f', leaseDurationSeconds: 15 } },
};

/** Below the size that `orders` has, and Argo CD's to change. */
const AUTOSCALER: Written = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  name: 'orders',
  labels: { 'argocd.argoproj.io/instance': 'shop' },
  rest: {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders' },
      minReplicas: 1,
      maxReplicas: 5,
    },
  },
};

/** A namespace of the plan in which nothing runs. */
const EMPTY: Written = {
  apiVersion: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
  name: 'dry-dock',
};

export const EMPTY_NAMESPACE = EMPTY.name;

export async function writeWorkloads({ blue }: World): Promise<readonly Hazard[]> {
  await writeAll(blue, [
    STATEFUL,
    ON_EVERY_NODE,
    BUDGET,
    LEASE,
    AUTOSCALER,
    EMPTY,
    deployment('unready', { container: { readinessProbe: undefined } }),
    deployment('alone', { replicas: 1 }),
    deployment('reporter', { container: { args: [`--cluster-name=${BLUE}`] } }),
    deployment('external-dns', {
      container: { image: 'external-dns:v0.18.0', args: ['--txt-owner-id=shop'] },
    }),
  ]);
  return [
    { code: 'stateful-workload', resource: 'StatefulSet shop/ledger' },
    { code: 'not-copied', resource: 'DaemonSet shop/tide-gauge' },
    { code: 'pdb-blocks', resource: 'PodDisruptionBudget shop/ledger' },
    { code: 'leader-unlisted', resource: 'Lease shop/harbour-master' },
    { code: 'floor-owned-elsewhere', resource: BLUE },
    { code: 'namespace-empty', resource: EMPTY_NAMESPACE },
    { code: 'probe-missing', resource: 'Deployment shop/unready' },
    { code: 'single-replica', resource: 'Deployment shop/alone' },
    { code: 'names-blue', resource: 'Deployment shop/reporter' },
    { code: 'dns-owner-shared', resource: 'Deployment shop/external-dns' },
  ];
}
