import { settledWindows } from '#activities/adapters/metrics/settled-windows.ts';
import type { MetricQuery, TrafficMetrics } from '#activities/ports/traffic-metrics.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { newestWindow } from '#domain/guard/metric-window.ts';
import { ACCESS } from '#test/contract/emulated-aws.ts';

const { signal } = new AbortController();
const START_MS = 1_800_000_000_000;
const SOURCE = { with: 'cloudwatch-alb', periodSeconds: 60, latenessSeconds: 180 } as const;
const PERIODS = 3;

type Points = Awaited<ReturnType<TrafficMetrics['read']>>;
type Colour = keyof Points;

/** A source that counts its questions; both colours have a point in every period, unless a test takes some away. */
function scene(pointsOf: (query: MetricQuery) => Points = full) {
  const clock = { ms: START_MS, nowMs: () => clock.ms };
  const asked: MetricQuery[] = [];
  const metrics = settledWindows(
    {
      read: async (query) => {
        asked.push(query);
        return pointsOf(query);
      },
    },
    clock,
  );
  const query = (change: Partial<MetricQuery> = {}): MetricQuery => ({
    access: ACCESS,
    source: SOURCE,
    blueCluster: 'shop-blue',
    greenCluster: 'shop-green',
    routes: [],
    ...newestWindow(SOURCE, clock.ms, PERIODS * SOURCE.periodSeconds),
    ...change,
  });
  const look = async (change: Partial<MetricQuery> = {}): Promise<Points> =>
    metrics.read(query(change), signal);
  return { clock, asked, query, look, metrics };
}

function colourPoints({ fromSeconds, toSeconds }: MetricQuery): Points['blue'] {
  const starts: number[] = [];
  for (let at = fromSeconds; at < toSeconds; at += SOURCE.periodSeconds) starts.push(at);
  const numbers = { requests: 10, errors: 0, p50Ms: 1, p90Ms: 1, p99Ms: 1 };
  return starts.map((startSeconds) => ({ startSeconds, ...numbers }));
}

function full(query: MetricQuery): Points {
  return { blue: colourPoints(query), green: colourPoints(query) };
}

describe('a source with a long period', () => {
  it('is asked once for each period by somebody who looks every 5 s, and answers the same', async () => {
    const { clock, asked, query, look } = scene();

    for (let second = 0; second < 600; second += 5) {
      expect(await look()).toEqual(full(query()));
      clock.ms += 5_000;
    }

    expect(asked).toHaveLength(10);
  });

  it.each<[string, Partial<MetricQuery>]>([
    ['other routes', { routes: [routeTo('web')] }],
    ['another account', { access: { ...ACCESS, account: '444455556666' } }],
    ['another window', { fromSeconds: START_MS / 1000 - 6_000 }],
  ])('is asked anew for %s', async (_, change) => {
    const { asked, look } = scene();
    await look();

    await look(change);

    expect(asked).toHaveLength(2);
  });

  it.each<[string, (query: MetricQuery) => Points]>([
    ['nothing at all is there', () => ({ blue: [], green: [] })],
    ['green is not there', (query) => ({ ...full(query), green: [] })],
    ['green’s newest point is not there', (query) => without('green', query)],
    ['blue’s newest point is not there', (query) => without('blue', query)],
  ])('is asked at every look while %s', async (_, pointsOf) => {
    const { clock, asked, look } = scene(pointsOf);

    for (let count = 0; count < 3; count += 1) {
      await look();
      clock.ms += 5_000;
    }

    expect(asked).toHaveLength(3);
  });

  it('is asked once where blue gets nobody any more', async () => {
    const { asked, look } = scene((query) => ({ ...full(query), blue: [] }));

    await look();
    await look();

    expect(asked).toHaveLength(1);
  });

  it('is asked again for periods that have not had their lateness, and for those of long ago', async () => {
    const { clock, asked, look } = scene();
    const toSeconds = clock.ms / 1000;

    for (const window of [
      { fromSeconds: toSeconds - 60, toSeconds },
      { fromSeconds: toSeconds - 9_000, toSeconds: toSeconds - 8_000 },
    ])
      for (let count = 0; count < 2; count += 1) {
        await look(window);
        clock.ms += 60_000;
      }

    expect(asked).toHaveLength(4);
  });

  it('that could not be read is asked again at once', async () => {
    let failures = 1;
    const { asked, query, look } = scene((wanted) => {
      failures -= 1;
      if (failures >= 0) throw new CutoverFailure('throttled', 'slow down', { resource: 'alb' });
      return full(wanted);
    });

    await expect(look()).rejects.toMatchObject({ type: 'throttled' });

    expect(await look()).toEqual(full(query()));
    expect(asked).toHaveLength(2);
  });

  it('answers nobody who has given up', async () => {
    const { look, metrics, query } = scene();
    await look();

    const read = metrics.read(query(), AbortSignal.abort(new Error('given up')));

    await expect(read).rejects.toThrow('given up');
  });
});

function without(colour: Colour, query: MetricQuery): Points {
  const points = full(query);
  return { ...points, [colour]: points[colour].slice(0, -1) };
}

function routeTo(id: string): MetricQuery['routes'][number] {
  return {
    loadBalancerArn: `${id}-lb`,
    blueTargetGroupArn: `${id}-blue`,
    greenTargetGroupArn: `${id}-green`,
  };
}
