import { planWith, problemsOf, rightPlan } from './plan-builder.ts';

const KRO = { with: 'kro', hub: 'platform' };

function summary(change: Readonly<Record<string, unknown>>): readonly string[] {
  return problemsOf(planWith(change)).map(({ path, allowed }) => `${path.join('.')}: ${allowed}`);
}

describe('a green that is made by kro', () => {
  it('needs a hub alone: definition and namespace have defaults, and blue’s shape is taken', () => {
    const { green } = rightPlan(planWith({ 'spec.green.provision': KRO })).spec;

    expect(green.provision).toEqual({
      with: 'kro',
      hub: 'platform',
      definition: 'cutover-eks-green',
      namespace: 'default',
      values: {},
    });
  });

  it('keeps values as they are written, whatever their shape', () => {
    const values = { roleARN: 'arn', nodegroups: [{ id: 'a', taints: [] }], tags: { a: 'b' } };
    const plan = rightPlan(planWith({ 'spec.green.provision': { ...KRO, values } }));

    expect(plan.spec.green.provision).toMatchObject({ values });
  });

  it.each([
    ['without a hub', { with: 'kro' }, 'spec.green.provision.hub'],
    ['with a field that there is not', { ...KRO, cluster: 'x' }, 'spec.green.provision.cluster'],
    ['with a definition that is no name', { ...KRO, definition: 'Eks Green' }, 'definition'],
    ['with a namespace that is none', { ...KRO, namespace: 'Clusters' }, 'namespace'],
    ['with a value of no name', { ...KRO, values: { 'spec.name': 1 } }, 'values'],
    ['with green’s name among the values', { ...KRO, values: { name: 'x' } }, 'values.name'],
    ['with a version among the values', { ...KRO, values: { version: '1.30' } }, 'values.version'],
    ['with values without measure', { ...KRO, values: { a: 'x'.repeat(32_768) } }, 'values'],
    ['on a hub that is blue', { ...KRO, hub: 'shop-blue' }, 'spec.green.provision.hub'],
    ['on a hub that is green', { ...KRO, hub: 'shop-green' }, 'spec.green.provision.hub'],
    ['by somebody else', { with: 'crossplane' }, 'spec.green.provision.with'],
  ])('%s is one problem where it stands', (_, provision, path) => {
    const found = summary({ 'spec.green.provision': provision });

    expect(found).toHaveLength(1);
    expect(found[0]).toContain(path);
  });

  it('has a name that an instance can have', () => {
    const cluster = 'g'.repeat(64);
    const changes = { 'spec.green.cluster': cluster, 'spec.green.provision': KRO };

    expect(summary({ 'spec.green.cluster': cluster })).toEqual([]);
    expect(summary(changes)).toEqual([
      'spec.green.cluster: with kro, a name of at most 63 characters with a letter or digit: it names the instance, too',
    ]);
  });
});
