import { assertNever } from '#domain/assert-never.ts';
import { nameOfPlace } from '#domain/traffic/route-place.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { FakeWorld } from '#test/fakes/fake-world.ts';
import { breakTheGlass } from './break-the-glass.ts';
import type { Happening } from './faults.ts';
import type { Observation } from './observations.ts';
import type { People } from './people.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Lets something happen to the world, or be said from outside. */
export function happen(
  happening: Happening,
  stage: {
    readonly time: VirtualTime;
    readonly server: { cancel(): void };
    readonly worker: { stop(downMs: number): void };
    readonly people: People;
    readonly fake: FakeWorld;
    readonly ports: Pick<Ports, 'targetGroups'>;
    readonly observe: (observation: Observation) => void;
  },
): void {
  const { time, server, worker, people, fake, observe } = stage;
  const atMs = time.nowMs();
  observe({ atMs, kind: 'fault', what: JSON.stringify(happening) });
  switch (happening.kind) {
    case 'say': {
      const { verb, force, times } = happening;
      people.say(verb, { gate: 'shift', reason: 'from outside', force }, times);
      return;
    }
    case 'cancel':
      server.cancel();
      return;
    case 'break-green':
      fake.breakGreen(happening.errorRate);
      time.after(happening.forMs, () => fake.breakGreen(0));
      return;
    case 'silence':
      fake.silence(happening.who);
      time.after(happening.forMs, () => fake.silence('none'));
      return;
    case 'unhealthy':
      fake.setHealthyTargets(happening.colour, 0);
      time.after(happening.forMs, () => fake.setHealthyTargets(happening.colour, null));
      return;
    case 'meddle':
      for (const place of meddle(fake, happening.share))
        observe({ atMs, kind: 'meddled', place, share: happening.share });
      return;
    case 'outage':
      worker.stop(happening.forMs);
      return;
    case 'break-glass':
      worker.stop(happening.forMs);
      // Not waited for: it takes time of its own.
      time.after(happening.afterMs, () => {
        breakTheGlass(stage).catch((cause: unknown) => {
          observe({
            atMs: time.nowMs(),
            kind: 'broken',
            what: `breaking the glass: ${String(cause)}`,
          });
        });
      });
      return;
    default:
      assertNever(happening);
  }
}

/** Somebody takes back what was done by hand: routes that it was done to lead to one side alone. */
export function putRight(
  { loadBalancer }: FakeWorld,
  side: 'blue' | 'green',
  past: readonly Observation[],
): void {
  const places = new Set(
    past.flatMap((one) =>
      one.kind === 'meddled' ? [one.place] : one.kind === 'glass-broken' ? one.places : [],
    ),
  );
  for (const { place, blueTargetGroupArn: blue, greenTargetGroupArn: green } of loadBalancer.rules)
    if (places.has(nameOfPlace(place)))
      loadBalancer.meddle(blue, [{ arn: side === 'blue' ? blue : green, weight: 1 }]);
}

/** Somebody sets the weights of the first route by hand. Returns its place. */
function meddle({ loadBalancer }: FakeWorld, share: number): readonly string[] {
  const [rule] = loadBalancer.rules;
  if (rule === undefined) return [];
  const { blueTargetGroupArn: blue, greenTargetGroupArn: green } = rule;
  const weight = (percent: number): number => Math.min(999, percent * 10);
  loadBalancer.meddle(blue, [
    { arn: blue, weight: weight(100 - share) },
    { arn: green, weight: weight(share) },
  ]);
  return [nameOfPlace(rule.place)];
}
