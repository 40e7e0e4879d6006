import * as fc from 'fast-check';
import { addonOfProbe, nameOfProbe, slugsOf, type Probe } from '#domain/addon-probes/probe.ts';
import { objectsOf } from '#domain/addon-probes/probe-objects.ts';
import { probesFor, type ProbeFacts } from '#domain/addon-probes/probes-for.ts';
import { lookedAt, NOTHING, SETTING } from './seen.ts';

const EBS = { name: 'gp3', provisioner: 'ebs.csi.aws.com' };
const FACTS: ProbeFacts = {
  outside: 'sts.eu-west-1.amazonaws.com',
  storageClasses: [EBS, { name: 'local', provisioner: 'kubernetes.io/no-provisioner' }],
  wantedClasses: undefined,
  metricsExpected: true,
};

const named = (facts: ProbeFacts) => probesFor(facts).probes.map(nameOfProbe);
const leftOut = (facts: ProbeFacts) => probesFor(facts).leftOut.map(({ probe }) => probe);

describe('which probes a cluster gets', () => {
  it('is what it has, in the order in which one needs the other', () => {
    expect(named(FACTS)).toEqual([
      'pod-on-every-node',
      'service-routing',
      'dns-inside',
      'dns-outside',
      'volume/gp3',
      'metrics-api',
      'webhooks',
    ]);
  });

  it('says what is left out', () => {
    expect(leftOut(FACTS)).toEqual(['volume/local', 'pod-identity']);
    expect(
      leftOut({ ...FACTS, outside: undefined, storageClasses: [], metricsExpected: false }),
    ).toEqual(['dns-outside', 'volume', 'metrics-api', 'pod-identity']);
  });

  it('asks for a class that the plan names and the cluster has not', () => {
    const { probes } = probesFor({ ...FACTS, wantedClasses: ['fast'] });
    expect(probes).toContainEqual({ kind: 'volume', storageClass: 'fast', provisioner: null });
  });
});

it('a failure points to the add-on that makes the volumes', () => {
  const of = (provisioner: string | null) =>
    addonOfProbe({ kind: 'volume', storageClass: 'x', provisioner });
  expect(of('ebs.csi.aws.com')).toBe('aws-ebs-csi-driver');
  expect(of('efs.csi.aws.com')).toBe('aws-efs-csi-driver');
  expect(of('csi.example.com')).toBe('csi.example.com');
  expect(of(null)).toBe('storage');
});

it('names of objects are names that Kubernetes takes, and no two probes share one', () => {
  const name = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,80}[a-z0-9])?$/u);
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 8 }), (classes) => {
      const probes = classes.map((storageClass): Probe => ({
        kind: 'volume',
        storageClass,
        provisioner: 'ebs.csi.aws.com',
      }));
      const { asking } = lookedAt(probes, {});
      expect(new Set(slugsOf(probes).values()).size).toBe(probes.length);
      for (const probe of probes)
        for (const { metadata } of objectsOf(probe, asking, NOTHING))
          expect(metadata.name).toMatch(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/u);
    }),
  );
});

it('Jobs have no token, no privileges, an end, and ownership labels', () => {
  const probe: Probe = { kind: 'dns-outside', name: 'a.example' };
  const [job] = objectsOf(probe, lookedAt([probe], {}).asking, NOTHING);
  expect(job).toMatchObject({
    metadata: { labels: { 'cutover/migration-id': SETTING.ref.migrationId } },
    spec: {
      activeDeadlineSeconds: 60,
      ttlSecondsAfterFinished: 3600,
      template: {
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true },
          containers: [
            {
              command: [
                'node',
                '--input-type=module',
                '--eval',
                'a program',
                '--',
                'resolve',
                '20',
                'a.example',
              ],
              terminationMessagePolicy: 'File',
            },
          ],
        },
      },
    },
  });
});
