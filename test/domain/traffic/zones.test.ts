import { zonesNeeded } from '#domain/traffic/zones.ts';

const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];

describe('zones that need targets of their own', () => {
  it('are none where requests cross zones', () => {
    expect(zonesNeeded({ crossesZones: true, zones: ZONES }, { 'eu-west-1a': 3 })).toEqual([]);
  });

  it('are those that blue serves where requests stay in their zone', () => {
    const blue = { 'eu-west-1a': 2, 'eu-west-1c': 1, 'eu-central-1a': 4 };

    expect(zonesNeeded({ crossesZones: false, zones: ZONES }, blue)).toEqual([
      'eu-west-1a',
      'eu-west-1c',
    ]);
  });
});
