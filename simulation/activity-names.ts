import { createActivities } from '#activities/create-activities.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import type { ActivityName } from './observations.ts';

/** Every activity there is; a new one is aimed at from its first day. */
export function activityNames(): readonly ActivityName[] {
  const { ports } = createFakeWorld();
  const activities = createActivities(ports);
  const isName = (name: string): name is ActivityName => Object.hasOwn(activities, name);
  return Object.keys(activities).filter(isName);
}
