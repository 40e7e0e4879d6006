/**
 * Add-ons are tested on a real API server with its real controllers and scheduler: a green that is well passes, and each green whose
 * add-ons only look well is caught by name. One cluster is broken and mended again; each test is a migration of its own.
 */
import { CutoverFailure } from '#domain/failures.ts';
import { namespaces, pods } from '#sandbox/kubernetes/resources.ts';
import { untypedResource } from '#sandbox/kubernetes/kubernetes-object.ts';
import { agentServices, storageClasses, volumes } from '#sandbox/node-agent/agent-resources.ts';
import { createStage } from '#test/activities/run-activity.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { SET_UP_TIMEOUT_MS, startClusterToProbe, type ClusterToProbe } from './cluster-to-probe.ts';
import { applyStorageClass } from './storage-class.ts';

const SYSTEM = 'kube-system';
const daemonSets = untypedResource({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
});
const apiServices = untypedResource({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  plural: 'apiservices',
  namespaced: false,
});

let under: ClusterToProbe;
beforeAll(async () => {
  under = await startClusterToProbe();
}, SET_UP_TIMEOUT_MS);
afterAll(() => under.stop());

const { settled } = createStage();

async function probe(migrationId: string) {
  return settled(async () => under.activities.probeAddons(under.input(migrationId)));
}

async function failureOf(work: () => Promise<unknown>): Promise<CutoverFailure> {
  try {
    await work();
  } catch (cause) {
    if (cause instanceof CutoverFailure) return cause;
    throw cause;
  }
  throw new Error('nothing failed');
}

it('a green whose add-ons work passes every probe, and nothing of the probes stays', async () => {
  const facts = await probe('aaaaaaaaaaaa');

  expect(facts).toEqual({
    probes: 6,
    probesPassed:
      'pod-on-every-node, service-routing, dns-inside, dns-outside, volume/gp3, webhooks',
    probesLeftOut: expect.stringContaining('metrics-api'),
  });
  const place = { name: 'probes-aaaaaaaaaaaa' };
  await eventually(
    'the namespace to go',
    async () => (await under.admin.get(namespaces, place)) === undefined,
    60_000,
  );
  // Its class keeps volumes; a probe's own goes all the same.
  await eventually(
    'the volume to go',
    async () => (await under.admin.list(volumes)).items.length === 0,
  );
});

it('names that nobody answers are caught as dns-inside of coredns', async () => {
  const dns = { namespace: SYSTEM, name: 'kube-dns' };
  const { admin } = under;
  await admin.patch(agentServices, dns, { spec: { selector: { nobody: 'here' } } });

  const failure = await failureOf(async () => probe('bbbbbbbbbbbb'));

  await admin.patch(agentServices, dns, { spec: { selector: { nobody: null } } });
  expect(failure.type).toBe('addon-probe-failed');
  expect(failure.message).toMatch(/^probe dns-inside failed: kubernetes.default has no address/u);
  expect(failure.message).toContain('[probed/coredns]');
  expect(failure.message).toContain('failed too: dns-outside (coredns: ');
  expect(failure.message).not.toContain('volume/gp3');
});

it('a StorageClass that cannot make volumes is caught by its name', async () => {
  await applyStorageClass(under.admin, 'fast', 'gp9');

  const failure = await failureOf(async () => probe('cccccccccccc'));

  await under.admin.delete(storageClasses, { name: 'fast' });
  expect(failure.type).toBe('addon-probe-failed');
  expect(failure.message).toMatch(
    /^probe volume\/fast failed: bind and write: ProvisioningFailed/u,
  );
  expect(failure.message).toContain('invalid AWS VolumeType "gp9"');
  expect(failure.message).toContain('[probed/aws-ebs-csi-driver]');
  expect(failure.message).not.toContain('failed too');
});

it('a missing CNI is caught as pod-on-every-node of vpc-cni, and what never ran is not blamed', async () => {
  const { admin } = under;
  const ref = { namespace: SYSTEM, name: 'aws-node' };
  await admin.patch(daemonSets, ref, {
    spec: { template: { spec: { nodeSelector: { no: 'node' } } } },
  });
  const scope = { namespace: SYSTEM, labelSelector: 'app.kubernetes.io/name=aws-node' };
  await eventually(
    'its pods to go',
    async () => (await admin.list(pods, scope)).items.length === 0,
  );

  const failure = await failureOf(async () => probe('dddddddddddd'));

  await admin.patch(daemonSets, ref, { spec: { template: { spec: { nodeSelector: null } } } });
  await eventually('its pods', async () => {
    const { items } = await admin.list(pods, scope);
    return items.length === 2 && items.every(({ status }) => status.phase === 'Running');
  });
  expect(failure.type).toBe('addon-probe-failed');
  expect(failure.message).toMatch(
    /^probe pod-on-every-node failed: pods run on 0 of 2 nodes; FailedCreatePodSandBox on ip-/u,
  );
  expect(failure.message).toContain('[probed/vpc-cni]');
  expect(failure.message).toContain(
    'could not be asked: service-routing, dns-inside, dns-outside, volume/gp3',
  );
  expect(failure.message).not.toContain('failed too');
});

it('a metrics API that is registered and not served is caught', async () => {
  const name = 'v1beta1.metrics.k8s.io';
  await under.admin.apply(apiServices, {
    metadata: { name },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { namespace: SYSTEM, name: 'metrics-server' },
    },
  });

  const failure = await failureOf(async () => probe('eeeeeeeeeeee'));

  await under.admin.delete(apiServices, { name });
  expect(failure.message).toMatch(
    /^probe metrics-api failed: metrics.k8s.io is not available: ServiceNotFound/u,
  );
});

it('a configuration that the new version does not take is caught before anything is installed', async () => {
  const input = under.input('ffffffffffff');

  const failure = await failureOf(async () =>
    settled(async () => under.activities.installAddons(input)),
  );

  expect(failure.type).toBe('addon-configuration');
  expect(failure.message).toContain(
    "blue's configuration of kube-proxy does not fit v1.36.0-eksbuild.14",
  );
  expect(failure.message).toContain('- ipvs: blue has an object, allowed is no such field');
});
