import { clusterOwner, ownerFindings } from '#domain/preflight/cluster-owner.ts';

describe('whose files have blue in them', () => {
  it.each([
    [{ 'aws:cloudformation:stack-name': 'platform' }, 'CloudFormation', 'info'],
    [
      { 'aws:cloudformation:stack-name': 'eksctl-x', 'alpha.eksctl.io/cluster-name': 'x' },
      'eksctl',
      'info',
    ],
    [{ 'managed-by': 'terraform' }, 'Terraform', 'info'],
    [{ ManagedBy: 'OpenTofu' }, 'OpenTofu', 'info'],
    [{ 'managed-by': 'pulumi' }, 'Pulumi', 'info'],
    [{ 'services.k8s.aws/controller-version': 'eks-1.2' }, 'ACK', 'warn'],
    [{ 'services.k8s.aws/namespace': 'x', 'kro.run/owned': 'true' }, 'kro', 'warn'],
    [{ 'crossplane-name': 'blue' }, 'Crossplane', 'warn'],
  ] as const)('%j: %s', (tags, tool, severity) => {
    expect(clusterOwner(tags)?.tool).toBe(tool);
    const [one] = ownerFindings('shop-blue', tags);
    expect(one).toMatchObject({ code: 'blue-owned-elsewhere', severity, resource: 'shop-blue' });
    expect(one?.title).toContain(tool);
    expect(one?.remedy).toContain('before the gate `retire`');
  });

  it('nobody knows where no tag tells', () => {
    expect(ownerFindings('shop-blue', { team: 'shop', Name: 'shop-blue' })).toEqual([]);
  });
});
