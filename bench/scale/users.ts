/**
 * Users as metrics alone: what an application of each migration would publish, computed from the weights that its rule has, every
 * few seconds. A thousand migrations' real users would need more cores than are measured here; the engine reads these figures from
 * CloudWatch's own API all the same. What reaches nodes late (0.2–3 s on the data plane) is not in them.
 */
import type { MetricStore } from '#sandbox/aws/cloudwatch/metric-store.ts';
import { distributionOf, type Distribution } from '#sandbox/aws/cloudwatch/distribution.ts';
import type { Elbv2World } from '#sandbox/aws/elbv2/elbv2-world.ts';
import { seededRandom } from '#sandbox/data-plane/seeded-random.ts';
import type { Place } from './furnish.ts';
import { ERROR_RATE, REQUESTS_PER_SECOND, SEED } from './setting.ts';

const TICK_MS = 10_000;
const LATENESS = { minMs: 1_000, maxMs: 3_000 } as const;
const LATENCIES = [
  [80, 0.9],
  [200, 0.1],
] as const;

export interface Users {
  /** They come to this place from now on. */
  add(place: Place): void;
  /** From now on so many of green's answers are bad. */
  breakGreen(place: Place): void;
  stop(): void;
}

export function startUsers(world: Elbv2World, store: MetricStore): Users {
  const places = new Set<Place>();
  const broken = new Set<Place>();
  const random = seededRandom(SEED, 'lateness');
  const perTick = (REQUESTS_PER_SECOND * TICK_MS) / 1_000;

  const put = (cluster: string, name: string, unit: string, distribution: Distribution): void => {
    const endedMs = Math.floor(Date.now() / TICK_MS) * TICK_MS;
    store.put({
      metric: { namespace: 'Shop', name, dimensions: { Cluster: cluster } },
      atMs: endedMs - TICK_MS,
      resolution: 1,
      unit,
      // Counted from the interval's end, as the plan's lateness is: on a machine that is full this is told later than it should be.
      visibleAtMs: endedMs + LATENESS.minMs + random() * (LATENESS.maxMs - LATENESS.minMs),
      distribution,
    });
  };
  const publish = (cluster: string, requests: number, errors: number): void => {
    if (requests === 0) return;
    put(cluster, 'Requests', 'Count', distributionOf([[requests, 1]]));
    put(cluster, 'Errors', 'Count', distributionOf([[errors, 1]]));
    const latencies = LATENCIES.map(([ms, share]) => [ms, Math.round(requests * share)] as const);
    put(cluster, 'Latency', 'Milliseconds', distributionOf(latencies));
  };
  const tick = (): void => {
    for (const place of places) {
      const onGreen = Math.round(perTick * greenShare(world, place));
      publish(place.blue, perTick - onGreen, 0);
      publish(place.green, onGreen, broken.has(place) ? Math.round(onGreen * ERROR_RATE) : 0);
    }
  };
  let timer: NodeJS.Timeout;
  const schedule = (): void => {
    timer = setTimeout(
      () => {
        schedule();
        tick();
      },
      TICK_MS - (Date.now() % TICK_MS) + 1,
    );
  };
  schedule();
  return {
    add: (place) => void places.add(place),
    breakGreen: (place) => void broken.add(place),
    stop: () => clearTimeout(timer),
  };
}

/** 0 to 1, by the rule as it is now. */
function greenShare({ state }: Elbv2World, { ruleArn, greenTargetGroupArn }: Place): number {
  const groups = (state.rules.get(ruleArn)?.actions ?? []).flatMap(
    ({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? [],
  );
  const weights = groups.map(({ TargetGroupArn, Weight = 1 }) => [TargetGroupArn, Weight] as const);
  const whole = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const green = weights.find(([arn]) => arn === greenTargetGroupArn)?.[1] ?? 0;
  return whole === 0 ? 0 : green / whole;
}
