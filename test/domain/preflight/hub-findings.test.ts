import { hubFindings, type HubFacts } from '#domain/preflight/hub-findings.ts';
import type { KroDefinition } from '#domain/kro/definition.ts';

const DEFINITION: KroDefinition = {
  name: 'cutover-eks-green',
  apiVersion: 'kro.run/v1alpha1',
  kind: 'EksGreen',
  isNamespaced: true,
  isActive: true,
  message: '',
  fields: ['name', 'version', 'tags', 'roleARN'],
};
const FIT: HubFacts = {
  hub: 'platform',
  unreachable: null,
  hasKro: true,
  namespace: 'clusters',
  hasNamespace: true,
  definitionName: 'cutover-eks-green',
  definition: DEFINITION,
  strangersInstance: null,
  values: ['roleARN'],
  leftOut: [],
  impossible: null,
};

describe('preflight of a hub', () => {
  it.each<readonly [string, Partial<HubFacts>, readonly string[]]>([
    ['that is as it should be says nothing', {}, []],
    [
      'that is not there',
      { unreachable: 'there is no such hub' },
      ['block hub-unreachable platform'],
    ],
    ['without kro', { hasKro: false, definition: null }, ['block kro-missing platform']],
    ['without the namespace', { hasNamespace: false }, ['block hub-namespace-missing clusters']],
    [
      'without the definition',
      { definition: null },
      ['block kro-definition-inactive cutover-eks-green'],
    ],
    [
      'whose definition kro does not serve',
      { definition: { ...DEFINITION, isActive: false, message: 'no' } },
      ['block kro-definition-inactive cutover-eks-green'],
    ],
    [
      'whose definition takes no tags',
      { definition: { ...DEFINITION, fields: ['name', 'version', 'roleARN'] } },
      ['block kro-definition-unfit cutover-eks-green'],
    ],
    [
      'whose definition does not take what the plan sets',
      { values: ['size'] },
      ['block kro-definition-unfit cutover-eks-green'],
    ],
    [
      'whose instances have no namespace',
      { definition: { ...DEFINITION, isNamespaced: false } },
      ['block kro-definition-unfit cutover-eks-green'],
    ],
    [
      'with somebody’s instance',
      { strangersInstance: 'EksGreen clusters/green' },
      ['block kro-instance-strange EksGreen clusters/green'],
    ],
    [
      'that cannot make all of blue',
      { leftOut: ['zonal shift'] },
      ['warn kro-leaves-out cutover-eks-green'],
    ],
    [
      'that cannot make blue at all',
      { impossible: 'blue runs in Auto Mode' },
      ['block kro-leaves-out cutover-eks-green'],
    ],
  ])('%s', (_, change, wanted) => {
    const findings = hubFindings({ ...FIT, ...change });

    expect(
      findings.map(({ severity, code, resource }) => `${severity} ${code} ${resource}`),
    ).toEqual(wanted);
  });

  it('has nothing to say where no hub is', () => {
    expect(hubFindings(null)).toEqual([]);
  });

  it('tells kro’s own word on a definition', () => {
    const definition = { ...DEFINITION, isActive: false, message: 'no field nodegroupName' };

    expect(hubFindings({ ...FIT, definition })[0]?.title).toContain('no field nodegroupName');
  });
});
