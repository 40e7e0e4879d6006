import { claimedPlaces } from '#domain/traffic/claimed-places.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { fakeGatewayRoute, fakePlan } from '#test/fakes/fake-plan.ts';

const HUB = { account: '444455556666', region: 'eu-west-1' };

function placesOf(change: Partial<ReturnType<typeof fakeGatewayRoute>>, spec = {}) {
  const { traffic } = fakePlan().spec;
  const route = { ...fakeGatewayRoute('web'), ...change };
  const groups: MigrationPlan['spec']['traffic']['groups'] = traffic.groups.map((group) => ({
    ...group,
    routes: [route],
  }));
  return claimedPlaces(fakePlan({ ...spec, traffic: { ...traffic, groups } }).spec);
}

describe('the place that an HTTPRoute claims', () => {
  it('is the whole object, whatever its backends: its rules are written as one list', () => {
    const { blueBackend } = fakeGatewayRoute('web');

    expect(placesOf({})).toEqual(['gateway 111122223333/eu-west-1/shop-edge shop/web']);
    expect(placesOf({ blueBackend: { ...blueBackend, name: 'other' } })).toEqual(placesOf({}));
  });

  it('is one of the cluster that holds it, in the account by which that is reached', () => {
    const { access } = fakePlan().spec;
    const { heldByCluster: _, ...ofBlue } = fakeGatewayRoute('web');
    const { traffic } = fakePlan().spec;
    const groups = traffic.groups.map((group) => ({ ...group, routes: [ofBlue] }));

    expect(placesOf({}, { access: { ...access, hub: HUB } })).toEqual([
      'gateway 444455556666/eu-west-1/shop-edge shop/web',
    ]);
    expect(claimedPlaces(fakePlan({ traffic: { ...traffic, groups } }).spec)).toEqual([
      'gateway 111122223333/eu-west-1/shop-blue shop/web',
    ]);
  });
});
