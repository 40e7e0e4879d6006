import { likenessFindings, type BlueShape } from '#domain/preflight/green-likeness.ts';

const NODEGROUP = { name: 'workers', amiType: 'AL2023_x86_64_STANDARD', hasLaunchTemplate: false };

function codes(shape: Partial<BlueShape>, target = '1.36'): readonly string[] {
  const usual = { admitsByConfigMapAlone: false, nodegroups: [NODEGROUP] };
  return likenessFindings({ ...usual, ...shape }, 'shop-blue', target).map(
    ({ severity, code, resource }) => `${severity} ${code} ${resource}`,
  );
}

describe('a green like blue', () => {
  it('can be made', () => {
    expect(codes({})).toEqual([]);
  });

  it('cannot be made of a node group with a launch template', () => {
    expect(codes({ nodegroups: [{ ...NODEGROUP, hasLaunchTemplate: true }] })).toEqual([
      'block launch-template workers',
    ]);
  });

  it.each([
    ['AL2_x86_64', '1.33', 1],
    ['AL2_ARM_64', '1.36', 1],
    ['AL2_x86_64', '1.32', 0],
    ['AL2023_ARM_64_STANDARD', '1.36', 0],
    ['BOTTLEROCKET_ARM_64', '1.36', 0],
    ['CUSTOM', '1.36', 0],
  ])('of %s nodes at %s has %i nodes without an image', (amiType, target, count) => {
    expect(codes({ nodegroups: [{ ...NODEGROUP, amiType }] }, target)).toHaveLength(count);
  });

  it('cannot admit people whom only a ConfigMap names', () => {
    expect(codes({ admitsByConfigMapAlone: true })).toEqual(['block aws-auth-only shop-blue']);
  });
});
