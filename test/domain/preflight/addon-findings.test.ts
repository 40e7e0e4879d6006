import { addonFindings } from '#domain/preflight/addon-findings.ts';

const CHOSEN = { kind: 'chosen', version: 'v2' } as const;
const MISFIT = { path: 'replicas', found: '"two"', allowed: 'a number' };

describe('blue’s add-ons before anything is made', () => {
  it('are no matter where their configuration fits, or EKS alone can judge it', () => {
    const addons = [
      { name: 'coredns', choice: CHOSEN, misfits: [] },
      { name: 'vpc-cni', choice: CHOSEN, misfits: null },
    ];
    expect(addonFindings(addons, '1.36')).toEqual([]);
  });

  it('block where the target has no version, and where a configuration does not fit, each by name', () => {
    const unavailable = { kind: 'unavailable', reason: 'no version is offered' } as const;
    const found = addonFindings(
      [
        { name: 'old', choice: unavailable, misfits: [] },
        { name: 'coredns', choice: CHOSEN, misfits: [MISFIT] },
      ],
      '1.36',
    );

    expect(found).toMatchObject([
      { code: 'addon-unavailable', severity: 'block', resource: 'old' },
      { code: 'addon-configuration', severity: 'block', resource: 'coredns' },
    ]);
    expect(found[0]?.title).toContain('add-on old for Kubernetes 1.36: no version is offered');
    expect(found[1]?.title).toContain('replicas: blue has "two", allowed is a number');
  });
});
