import { BREAK_GLASS_TIMINGS, breakGlass } from '#activities/capsule/break-glass.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { FakeWorld } from '#test/fakes/fake-world.ts';
import { fakeCapsuleCalls } from '#test/fakes/fake-way-back.ts';
import type { Observation } from './observations.ts';
import type { VirtualTime } from './virtual-time.ts';

const TRIES_FOR_MS = 15 * 60_000;

/**
 * A person who has AWS credentials and the capsule, and nothing else, brings users back as `cutover rollback --break-glass` does.
 * Without a capsule there is nothing to carry out. The person's calls are not struck: the command's own tests do that.
 */
export async function breakTheGlass({
  time,
  fake,
  ports,
  observe,
}: {
  readonly time: VirtualTime;
  readonly fake: FakeWorld;
  readonly ports: Pick<Ports, 'targetGroups'>;
  readonly observe: (observation: Observation) => void;
}): Promise<void> {
  const capsule = fake.capsules.latest();
  if (capsule === null) return;
  const { outcome, routes } = await breakGlass(
    {
      calls: fakeCapsuleCalls(fake.loadBalancer),
      targetGroups: ports.targetGroups,
      clock: time,
      timings: BREAK_GLASS_TIMINGS,
    },
    capsule,
    { force: false, untilMs: time.nowMs() + TRIES_FOR_MS, say: () => undefined },
    new AbortController().signal,
  );
  // Where blue has nobody to serve them the command leaves users where they are, and says so.
  if (outcome === 'rolled-back')
    observe({
      atMs: time.nowMs(),
      kind: 'glass-broken',
      places: routes.map(({ resource }) => resource),
    });
}
