import * as fc from 'fast-check';
import {
  chooseAddonVersion,
  compareVersions,
  inInstallOrder,
  type OfferedVersion,
} from '#domain/addon-versions.ts';

const OFFERED: readonly OfferedVersion[] = [
  { version: 'v1.19.2-eksbuild.1', isDefault: false },
  { version: 'v1.20.4-eksbuild.2', isDefault: true },
  { version: 'v1.20.4-eksbuild.10', isDefault: false },
  { version: 'v1.9.0-eksbuild.1', isDefault: false },
];

describe('the version of an add-on for green', () => {
  it.each([
    ['the target’s default', 'default', {}, 'v1.20.4-eksbuild.2'],
    ['the newest, if the plan says so', 'latest', {}, 'v1.20.4-eksbuild.10'],
    [
      'the plan’s pin before the default',
      'default',
      { cni: 'v1.9.0-eksbuild.1' },
      'v1.9.0-eksbuild.1',
    ],
    [
      'the plan’s pin before the newest',
      'latest',
      { cni: 'v1.9.0-eksbuild.1' },
      'v1.9.0-eksbuild.1',
    ],
    [
      'not the pin of another add-on',
      'default',
      { dns: 'v1.9.0-eksbuild.1' },
      'v1.20.4-eksbuild.2',
    ],
  ] as const)('is %s', (_, choose, pinned, version) => {
    expect(chooseAddonVersion('cni', OFFERED, { choose, pinned })).toEqual({
      kind: 'chosen',
      version,
    });
  });

  it('is the newest where the target has no default', () => {
    const offered = OFFERED.map(({ version }) => ({ version, isDefault: false }));

    expect(chooseAddonVersion('cni', offered, { choose: 'default', pinned: {} })).toEqual({
      kind: 'chosen',
      version: 'v1.20.4-eksbuild.10',
    });
  });

  it.each([
    ['the pin is not offered', { cni: 'v9.9.9-eksbuild.1' }, OFFERED, 'v9.9.9-eksbuild.1'],
    ['nothing is offered', {}, [], 'no version'],
  ])('is none when %s, and says so', (_, pinned, offered, named) => {
    expect(chooseAddonVersion('cni', offered, { choose: 'default', pinned })).toEqual({
      kind: 'unavailable',
      reason: expect.stringContaining(named),
    });
  });

  it('is always one that is offered for the target', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ version: fc.string(), isDefault: fc.boolean() })),
        fc.string(),
        fc.dictionary(fc.string(), fc.string()),
        fc.constantFrom('default' as const, 'latest' as const),
        (offered, addon, pinned, choose) => {
          const choice = chooseAddonVersion(addon, offered, { choose, pinned });
          const versions = offered.map(({ version }) => version);

          if (choice.kind === 'chosen') expect(versions).toContain(choice.version);
          else expect(Object.hasOwn(pinned, addon) || offered.length === 0).toBe(true);
        },
      ),
    );
  });

  it('does not mistake what every JavaScript object has for a pin', () => {
    expect(chooseAddonVersion('constructor', OFFERED, { choose: 'default', pinned: {} }).kind).toBe(
      'chosen',
    );
  });
});

describe('versions', () => {
  it('are ordered by their numbers, not by their letters', () => {
    const ordered = [
      'v1.9.0-eksbuild.1',
      'v1.19.0-eksbuild.2',
      'v1.19.0-eksbuild.10',
      'v1.19.1',
      'v2.0.0',
    ];

    expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered);
  });

  it('have one order, whichever two are compared', () => {
    const version = fc
      .array(fc.nat(20), { minLength: 1, maxLength: 4 })
      .map((numbers) => `v${numbers.join('.')}`);
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('the order in which add-ons are installed', () => {
  it('is addresses, routing, names, identity, volumes, the rest', () => {
    const names = [
      'metrics-server',
      'aws-ebs-csi-driver',
      'coredns',
      'adot',
      'eks-pod-identity-agent',
      'kube-proxy',
      'vpc-cni',
      'aws-efs-csi-driver',
    ];

    expect(inInstallOrder(names.map((name) => ({ name }))).map(({ name }) => name)).toEqual([
      'vpc-cni',
      'kube-proxy',
      'coredns',
      'eks-pod-identity-agent',
      'aws-ebs-csi-driver',
      'aws-efs-csi-driver',
      'adot',
      'metrics-server',
    ]);
  });

  it('loses none', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (names) => {
        const ordered = inInstallOrder(names.map((name) => ({ name })));
        expect(ordered.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
      }),
    );
  });
});
