import { LightCluster } from '#sandbox/light-kubernetes/light-cluster.ts';
import type { PodRecord } from '#sandbox/shop/pod-directory.ts';
import { eventually } from '../data-plane/eventually.ts';

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 8080 }] }] },
    },
  },
};

it('tells of pods that become ready while whoever is told looks at them', async () => {
  let aheadMs = 0;
  let addresses = 0;
  let told: readonly PodRecord[] = [];
  const cluster = new LightCluster(
    {
      name: 'shop-blue',
      version: '1.34',
      issuer: 'https://issuer.invalid',
      serviceCidr: '172.20.0.0/16',
      tokenWebhookUrl: 'http://127.0.0.1:1',
    },
    {
      nowMs: () => Date.now() + aheadMs,
      nextAddress: () => {
        addresses += 1;
        return `10.64.0.${addresses}`;
      },
      readyAfterMs: () => 300,
      leaveAfterMs: 50,
      onPods: (changed) => {
        told = changed.podRecords();
        // A starved machine: the look takes longer than the pods need.
        aheadMs += 1_000;
      },
      onObject: () => undefined,
    },
  );
  try {
    cluster.addNodes([
      {
        name: 'ip-10-20-0-4.eu-west-1.compute.internal',
        internalIp: '10.20.0.4',
        zone: 'eu-west-1a',
        instanceType: 'm7i.large',
        labels: {},
        taints: [],
        kubeletVersion: 'v1.34.2-eks-0c07e00',
      },
    ]);
    cluster.apply(DEPLOYMENT);

    await eventually(
      'both pods to be told as ready',
      async () => told.length === 2 && told.every(({ ready }) => ready),
      10_000,
    );
  } finally {
    cluster.stop();
  }
});
