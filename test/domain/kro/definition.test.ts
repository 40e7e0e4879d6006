import { definitionOf } from '#domain/kro/definition.ts';

const RGD = {
  apiVersion: 'kro.run/v1alpha1',
  kind: 'ResourceGraphDefinition',
  metadata: { name: 'box' },
  spec: {
    schema: { apiVersion: 'v1', kind: 'Box', spec: { name: 'string', tags: 'map[string]string' } },
  },
  status: { state: 'Active' },
};

describe('a ResourceGraphDefinition', () => {
  it('names the kind that kro serves, in kro’s group unless it names another', () => {
    const { schema } = RGD.spec;
    const grouped = {
      ...RGD,
      spec: { schema: { ...schema, group: 'acme.org', scope: 'Cluster' } },
    };

    expect(definitionOf(RGD)).toEqual({
      name: 'box',
      apiVersion: 'kro.run/v1',
      kind: 'Box',
      isNamespaced: true,
      isActive: true,
      message: '',
      fields: ['name', 'tags'],
    });
    expect(definitionOf(grouped)).toMatchObject({ apiVersion: 'acme.org/v1', isNamespaced: false });
  });

  it('tells why kro does not serve it', () => {
    const conditions = [{ type: 'Ready', status: 'False', message: 'no field nodegroupName' }];

    expect(definitionOf({ ...RGD, status: { state: 'Inactive', conditions } })).toMatchObject({
      isActive: false,
      message: 'no field nodegroupName',
    });
    expect(definitionOf({ ...RGD, status: undefined }).message).toBe(
      'kro has not looked at it yet',
    );
  });
});
