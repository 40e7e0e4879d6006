import { selfManagedFindings } from '#domain/preflight/self-managed-findings.ts';

const BLUE = { name: 'shop-blue', hasNodegroups: true };

describe('a network that no EKS add-on made', () => {
  it('is no matter where add-ons made it', () => {
    expect(selfManagedFindings({ addons: [], hasCni: true }, BLUE)).toEqual([]);
  });

  it('is told part by part', () => {
    const found = selfManagedFindings({ addons: ['vpc-cni', 'coredns'], hasCni: true }, BLUE);

    expect(found).toMatchObject([
      { code: 'addon-self-managed', severity: 'info', resource: 'vpc-cni' },
      { code: 'addon-self-managed', severity: 'info', resource: 'coredns' },
    ]);
  });

  it('warns where it is none of Amazon’s, unless blue has no nodes that would need it', () => {
    const elsewhere = { addons: [], hasCni: false };

    expect(selfManagedFindings(elsewhere, BLUE)).toMatchObject([
      { code: 'network-elsewhere', severity: 'warn', resource: 'shop-blue' },
    ]);
    expect(selfManagedFindings(elsewhere, { ...BLUE, hasNodegroups: false })).toEqual([]);
  });
});
