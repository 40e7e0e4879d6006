/** What blue was taught: definitions with their objects, an admission webhook that nobody answers, Karpenter. */
import { installDefinition } from '#sandbox/kubernetes/custom-resource-definitions.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Hazard } from './hazard.ts';
import { definition, version, write, type Written } from './objects.ts';
import { until, type World } from './world.ts';

const GROUP = 'harbour.example.com';
const TIMEOUT_MS = 60_000;

const CONVERTED = {
  conversion: {
    strategy: 'Webhook',
    webhook: {
      conversionReviewVersions: ['v1'],
      clientConfig: { service: { namespace: 'shop', name: 'beacon-converter', path: '/convert' } },
    },
  },
};

/** Of a kind that nobody writes: what fails closed here fails for nobody. */
const WEBHOOK: Written = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
  name: 'customs',
  rest: {
    webhooks: [
      {
        name: 'customs.harbour.example.com',
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        clientConfig: { service: { namespace: 'shop', name: 'customs' } },
        rules: [
          {
            apiGroups: ['nobody.example.com'],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['parcels'],
          },
        ],
      },
    ],
  },
};

/** A version that a definition was just given is served a moment later. */
async function writeServed({ blue }: Pick<World, 'blue'>, written: Written): Promise<void> {
  await until(`${written.plural} to be served`, async () => {
    await write(blue, written);
    return true;
  });
}

export async function teachBlue(world: World): Promise<readonly Hazard[]> {
  const { blue } = world;
  await Promise.all([harbour(world), karpenter(world), write(blue, WEBHOOK)]);
  return [
    { code: 'custom-not-copied', resource: 'Chart shop/*' },
    { code: 'crd-conversion-webhook', resource: `CustomResourceDefinition beacons.${GROUP}` },
    { code: 'crd-stored-version', resource: `CustomResourceDefinition buoys.${GROUP}` },
    { code: 'karpenter-capacity', resource: 'NodePool general' },
    { code: 'node-class-names-blue', resource: 'EC2NodeClass general' },
    { code: 'webhook-deaf', resource: 'ValidatingWebhookConfiguration customs' },
  ];
}

async function harbour({ blue }: World): Promise<void> {
  const old = version('v1alpha1', { served: false, storage: false });
  await installDefinition(blue, definition(['charts', GROUP], 'Chart'), TIMEOUT_MS);
  await installDefinition(blue, definition(['beacons', GROUP], 'Beacon', CONVERTED), TIMEOUT_MS);
  // Stored as v1alpha1 once, and so remembered by its definition.
  for (const versions of [[version('v1alpha1')], [old, version('v1')]])
    await installDefinition(blue, definition(['buoys', GROUP], 'Buoy', { versions }), TIMEOUT_MS);
  for (const [kind, plural] of [
    ['Chart', 'charts'],
    ['Beacon', 'beacons'],
    ['Buoy', 'buoys'],
  ] as const)
    await writeServed({ blue }, { apiVersion: `${GROUP}/v1`, kind, plural, name: 'north' });
}

async function karpenter({ blue }: World): Promise<void> {
  const scope = 'Cluster';
  const [pools, classes] = ['karpenter.sh', 'karpenter.k8s.aws'] as const;
  await installDefinition(
    blue,
    definition(['nodepools', pools], 'NodePool', { scope }),
    TIMEOUT_MS,
  );
  await installDefinition(
    blue,
    definition(['ec2nodeclasses', classes], 'EC2NodeClass', { scope }),
    TIMEOUT_MS,
  );
  await writeServed(
    { blue },
    {
      apiVersion: `${pools}/v1`,
      kind: 'NodePool',
      plural: 'nodepools',
      namespaced: false,
      name: 'general',
    },
  );
  await writeServed(
    { blue },
    {
      apiVersion: `${classes}/v1`,
      kind: 'EC2NodeClass',
      plural: 'ec2nodeclasses',
      namespaced: false,
      name: 'general',
      rest: { spec: { role: `KarpenterNodeRole-${BLUE}` } },
    },
  );
}
