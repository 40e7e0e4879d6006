import * as fc from 'fast-check';
import {
  offeredIn,
  supportFindings,
  type OfferedKubernetes,
} from '#domain/preflight/version-support.ts';

type Support = OfferedKubernetes['support'];

function versions(of: Readonly<Record<string, Support>>): readonly OfferedKubernetes[] {
  const dates = { endOfStandard: '2026-07-29', endOfExtended: '2027-07-29' };
  return Object.entries(of).map(([version, support]) => ({ version, support, ...dates }));
}

const BLUE = { name: 'shop-blue', version: '1.33' };

describe('support of versions', () => {
  it.each<[Support, Support, readonly string[]]>([
    ['standard', 'standard', []],
    ['extended', 'standard', ['info shop-blue']],
    ['ended', 'standard', ['info shop-blue']],
    ['extended', 'extended', ['warn 1.34', 'info shop-blue']],
    ['standard', 'ended', ['warn 1.34']],
  ])('blue in %s, the target in %s: %j', (blue, target, wanted) => {
    const found = supportFindings(versions({ 1.33: blue, 1.34: target }), BLUE, '1.34');

    expect(found.map(({ severity, resource }) => `${severity} ${resource}`)).toEqual(wanted);
    expect(found.every(({ code }) => code === 'version-support')).toBe(true);
  });

  it('says what it costs, the days that EKS gives, and where to go instead', () => {
    const all = versions({ 1.33: 'extended', 1.34: 'extended', 1.36: 'standard' });
    const [target, blue] = supportFindings(all, BLUE, '1.34');

    expect(target?.title).toContain('$0.60 an hour instead of $0.10, $365 more a month');
    expect(target?.title).toContain('ended on 2026-07-29');
    expect(target?.title).toContain('until 2027-07-29');
    expect(target?.remedy).toContain('one of 1.36');
    expect(blue?.title).toContain('by itself after 2027-07-29');
  });

  it('reads whole where EKS gives no dates', () => {
    const all = versions({ 1.33: 'ended', 1.34: 'extended' });
    const dateless = all.map((one) => ({ ...one, endOfStandard: null, endOfExtended: null }));

    for (const { title } of supportFindings(dateless, BLUE, '1.34'))
      expect(title).not.toMatch(/null|undefined| {2}/u);
  });

  it('offers no version whose support has ended', () => {
    const statuses = fc.dictionary(
      fc.integer({ min: 20, max: 40 }).map((minor) => `1.${minor}`),
      fc.constantFrom<Support>('standard', 'extended', 'ended'),
    );
    fc.assert(
      fc.property(statuses, (of) => {
        const offered = offeredIn(versions(of));
        expect(offered.every((version) => of[version] !== 'ended')).toBe(true);
      }),
    );
  });
});
