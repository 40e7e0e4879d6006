import * as fc from 'fast-check';
import {
  instanceAnnotations,
  instanceName,
  nodegroupIds,
  ownerOfInstance,
} from '#domain/kro/instance.ts';

const REF = { workflowId: 'migrate/1/eu/blue', migrationId: 'aaaaaaaaaaaa' };
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/u;
/** As EKS allows them. */
const eksNames = fc.stringMatching(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/u);

describe('the instance of green', () => {
  it.each([
    ['shop-green', 'shop-green'],
    ['Shop_Green_2', 'shop-green-2'],
    ['green-', 'green'],
    ['g'.repeat(63), 'g'.repeat(63)],
    ['g'.repeat(64), null],
  ])('of %s is called %s', (green, name) => {
    expect(instanceName(green)).toBe(name);
  });

  it('has a name that Kubernetes takes as a name and as a label, or none', () => {
    fc.assert(
      fc.property(eksNames, (green) => {
        const name = instanceName(green);
        expect(name === null || (LABEL.test(name) && name.length <= 63)).toBe(true);
      }),
    );
  });

  it.each([
    ['this-attempt', instanceAnnotations(REF)],
    ['earlier-attempt', instanceAnnotations({ ...REF, migrationId: 'bbbbbbbbbbbb' })],
    ['stranger', instanceAnnotations({ ...REF, workflowId: 'migrate/1/eu/other' })],
    ['stranger', {}],
  ])('is of %s by its annotations', (owner, annotations) => {
    const instance = {
      apiVersion: 'kro.run/v1alpha1',
      kind: 'EksGreen',
      metadata: { name: 'green', annotations: { 'somebody.else/says': 'so', ...annotations } },
    };

    expect(ownerOfInstance(instance, REF)).toBe(owner);
  });
});

describe('ids of node groups', () => {
  it('are names of Kubernetes, one for each, the same each time', () => {
    fc.assert(
      fc.property(fc.uniqueArray(eksNames, { maxLength: 8 }), (names) => {
        const ids = nodegroupIds(names);
        expect(new Set(ids.values()).size).toBe(names.length);
        expect([...ids.values()].every((id) => LABEL.test(id))).toBe(true);
        expect(nodegroupIds(names.toReversed())).toEqual(ids);
      }),
    );
  });

  it('differ where only case or underscores did', () => {
    expect(Object.fromEntries(nodegroupIds(['web_1', 'web-1', 'WEB-1', '_']))).toEqual({
      'WEB-1': 'web-1',
      _: 'nodes',
      'web-1': 'web-1-2',
      web_1: 'web-1-3',
    });
  });
});
