import { assertNever } from '#domain/assert-never.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { firstCloseMs, nextCloseMs, windowSince } from '#domain/guard/metric-window.ts';
import { truthSourceFor } from '#domain/traffic/truth-source.ts';
import type { ResolvedRoute } from '#domain/migration/resolved.ts';
import { questionOf, truthsOf, type Truth } from '#domain/traffic/route-truth.ts';
import { judgeStickyShare, type StickyVerdict } from '#domain/traffic/sticky-share.ts';
import { judgeShare, requestsNeeded } from '#domain/traffic/traffic-truth.ts';
import { routeRef, routesOf } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { ActivityInput, MigrationActivities, ShareInput } from '#activities/contract.ts';
import type { Crowd, Watch } from '#activities/guard/crowd.ts';
import { lookAtAnswers } from './look-at-answers.ts';
import type { MetricSource } from '#activities/ports/traffic-metrics.ts';
import { readTraffic, requestsOf } from './read-traffic.ts';
import { lookForEdit } from './read-weights.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * The truth test (I2): do users follow the weight? Only periods that began after the weight was read back and had
 * time to reach every node are counted, and they are judged exactly once, at the sample that `percent` needs.
 * Stateless: a restarted look counts the same periods again. Routes of different kinds are proven by different tests.
 */
export function share(tools: Tools, crowd: Crowd): Pick<MigrationActivities, 'verifyShare'> {
  return {
    verifyShare: async (input) => {
      const run = thisRun(tools);
      const { resolved, routeIds } = input;
      const truths = truthsOf(routesOf(resolved, routeIds), resolved.routes);
      const looks = await Promise.all(
        truths.map(async (truth) =>
          crowd.join(async (place) => look({ ...tools, place }, input, truth, run)),
        ),
      );
      const worst = worstOf(looks);
      return worst.verdict === 'mismatch'
        ? { ...worst, ...(await editOf(tools, input, run)) }
        : worst;
    },
  };
}

/**
 * Users do not follow a weight that somebody else has changed: by hand, or by the capsule while nobody watched. That is no riddle
 * for people, and towards blue it is their wish. Weights that cannot be read leave it a riddle.
 */
async function editOf(
  tools: Tools,
  input: ShareInput,
  run: ActivityRun,
): Promise<Pick<ShareReport, 'edit'>> {
  const asSet = Object.fromEntries(input.routeIds.map((id) => [id, [input.percent]]));
  try {
    const edit = await lookForEdit(tools, input, asSet, run);
    return edit === null ? {} : { edit };
  } catch {
    run.signal.throwIfAborted();
    return {};
  }
}

type ShareReport = Awaited<ReturnType<MigrationActivities['verifyShare']>>;

const WORST_FIRST: readonly ShareReport['verdict'][] = [
  'mismatch',
  'too-few',
  'ask-people',
  'fits',
];

function worstOf(looks: readonly ShareReport[]): ShareReport {
  const rank = ({ verdict }: ShareReport): number => WORST_FIRST.indexOf(verdict);
  const [worst] = looks.toSorted((one, other) => rank(one) - rank(other));
  return worst ?? { verdict: 'too-few', requests: 0, observedPercent: 0, needed: 0 };
}

async function answersOf(
  tools: Tools,
  input: ShareInput,
  route: ResolvedRoute,
  run: ActivityRun,
): Promise<ShareReport> {
  const ref = routeRef(input, route);
  if (ref.with !== 'route53')
    throw new CutoverFailure('internal', 'only a name has answers', { resource: route.id });
  const source = truthSourceFor(input.spec.analysis, movesOf(input));
  const report = await lookAtAnswers(tools, input, { route: ref, source }, run);
  if (report !== null) return report;
  const why = 'none of its name servers can be asked from here';
  const truth = { kind: 'people', why, routeIds: [route.id] } as const;
  const { percent: observedPercent } = input;
  const question = questionOf(truth, observedPercent);
  return { verdict: 'ask-people', question, requests: 0, observedPercent, needed: 0 };
}

function movesOf({ routeIds, resolved }: ShareInput): Parameters<typeof truthSourceFor>[1] {
  return routeIds.length === resolved.routes.length ? 'all routes together' : 'some routes alone';
}

async function look(
  tools: Watch,
  input: ShareInput,
  truth: Truth,
  run: ActivityRun,
): Promise<ShareReport> {
  const { resolved, spec } = input;
  const routes = routesOf(resolved, truth.routeIds);
  switch (truth.kind) {
    case 'requests':
      return countRequests(tools, input, { routes, source: sourceFor(spec, movesOf(input)) }, run);
    case 'pods':
      return countRequests(tools, input, { routes, source: namedSource(spec, truth.source) }, run);
    case 'answers': {
      const reports = await Promise.all(
        routes.map(async (route) => answersOf(tools, input, route, run)),
      );
      return worstOf(reports);
    }
    case 'people': {
      const question = questionOf(truth, input.percent);
      const { percent: observedPercent } = input;
      return { verdict: 'ask-people', question, requests: 0, observedPercent, needed: 0 };
    }
    default:
      return assertNever(truth);
  }
}

/** Requests, or connections where the source counts those. */
async function countRequests(
  tools: Watch,
  input: ShareInput,
  { routes, source }: { readonly routes: readonly ResolvedRoute[]; readonly source: MetricSource },
  run: ActivityRun,
): Promise<ShareReport> {
  const { ports, timings } = tools;
  const { spec, percent, since, withinSeconds } = input;
  const needed = requestsNeeded(percent);
  const sinceMs = Date.parse(since);
  const fromMs = sinceMs + timings.settleSeconds * 1000;
  // However short the time, the source gets the chance to show one period.
  const untilMs = Math.max(sinceMs + withinSeconds * 1000, firstCloseMs(source, fromMs));
  for (;;) {
    run.heartbeat();
    await tools.place.giveWay(run);
    const nowMs = ports.clock.nowMs();
    const window = windowSince(source, fromMs, nowMs);
    const points =
      window === null
        ? { blue: [], green: [] }
        : await readTraffic(tools, spec, source, routes, window, run.signal);
    const green = requestsOf(points.green);
    const requests = requestsOf(points.blue) + green;
    const { fits, drifting, observedPercent } = judgeLook(input, routes, green, requests);
    const counted = { requests, observedPercent, needed };
    if (requests >= needed && !drifting) return { verdict: fits ? 'fits' : 'mismatch', ...counted };
    if (nowMs >= untilMs) return { verdict: 'too-few', ...counted };
    const laterMs = tools.place.laterMs(source.periodSeconds * 1000);
    const nextMs = Math.min(nextCloseMs(source, nowMs) + laterMs, untilMs);
    await run.rest(Math.max(timings.metricsPauseMs, nextMs - nowMs));
  }
}

/** One look; where sessions stick and users go to green it is over only when the share has clearly moved. */
function judgeLook(
  { percent, fromPercent = 0 }: ShareInput,
  routes: readonly ResolvedRoute[],
  green: number,
  requests: number,
): StickyVerdict {
  const sticks = routes.some(({ stickySeconds = null }) => stickySeconds !== null);
  return sticks && percent > fromPercent
    ? judgeStickyShare(green, requests, { fromPercent, percent })
    : { ...judgeShare(green, requests, percent), drifting: false };
}

function sourceFor(
  { analysis }: ActivityInput['spec'],
  moves: Parameters<typeof truthSourceFor>[1],
): MetricSource {
  const source = truthSourceFor(analysis, moves);
  if (source !== null) return source;
  throw new CutoverFailure(
    'invalid-request',
    'this source counts all routes together, but groups move apart: add a cloudwatch-alb source',
    { resource: `analysis.sources.${analysis.truth}` },
  );
}

/** The plan's check guarantees that it exists; an amended plan is checked too. */
function namedSource({ analysis }: ActivityInput['spec'], name: string): MetricSource {
  const source = analysis.sources[name];
  if (source !== undefined) return source;
  throw new CutoverFailure(
    'invalid-request',
    'the route names a source that the plan does not have',
    {
      resource: `analysis.sources.${name}`,
    },
  );
}
