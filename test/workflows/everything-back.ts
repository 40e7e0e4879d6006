import { floorsOf, type TestMigration } from './harness.ts';

/** Blue has all users, the rules are as they were found, no smoke door is open, every singleton runs on blue alone, blue may shrink
 * as before, and roles trust whom they trusted. */
export function expectEverythingBack({ world, before, singletonsAt }: TestMigration): void {
  expect(world.loadBalancer.rules.map((rule) => rule.greenPercent.history.at(-1) ?? 0)).toEqual(
    world.loadBalancer.rules.map(() => 0),
  );
  expect(JSON.stringify(world.loadBalancer.rules.map((rule) => rule.actions))).toBe(before.rules);
  expect(world.loadBalancer.doors).toEqual([]);
  expect(singletonsAt('blue')).toEqual(before.singletonsOnBlue);
  expect(singletonsAt('green')).toEqual([]);
  if (world.green !== null && world.weightHistory('web').some((percent) => percent > 0))
    expect(world.greenKubernetes.all('targetgroupbindings')).toEqual([]);
  expect(floorsOf(world)).toEqual(before.floorsOnBlue);
  expect([...world.iam.roles, ...world.iam.providers]).toEqual(before.trust);
  expect(world.blue.status).toBe('ACTIVE');
}
