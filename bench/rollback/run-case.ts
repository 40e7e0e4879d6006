/** One case from an idle place to its observation: a migration is brought into the wanted state, green is broken, and clocks are read. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { assertNever } from '#domain/assert-never.ts';
import { metricDimension } from '#sandbox/aws/elbv2/arns.ts';
import type { ShopFaultInput } from '#sandbox/shop/shop-fault.ts';
import { casePlan } from './case-plan.ts';
import { isForPeople, nameOf, type Case } from './cases.ts';
import type { Observation } from './figures.ts';
import { weightsBackMs } from './rule-writes.ts';
import { startRun } from './run.ts';
import {
  ERROR_RATE,
  PARTS,
  requestsPerSecond,
  SEED,
  SLOW_ANSWER_MS,
  SLOWER,
  type Part,
} from './setting.ts';
import type { Place } from './furnish.ts';
import type { World } from './world.ts';

/** How long after the verdict the last request may still reach green, and be recorded. */
const AFTERMATH_MS = 6_000;

const lookSchema = z.object({
  firstBadMs: z.number().nullable(),
  lastGreenMs: z.number().nullable(),
  failedRequests: z.number(),
  requests: z.number(),
});

/** Resolves when everything but the migration's end is measured; rejects when the case did not come into its state. */
export async function runCase(
  world: World,
  part: Part,
  one: Case,
  place: Place,
  say: (text: string) => void,
): Promise<{ readonly ended: Promise<Observation> }> {
  const { number } = one;
  const { crowd } = world;
  await crowd.ask('users', {
    number,
    target: place.origin,
    requestsPerSecond: requestsPerSecond(part, one.state.percent),
    seed: SEED + number,
  });
  // Blue's load is measured before anything moves.
  await delay(part === 'fast' ? 15_000 : 0);
  const plan = await casePlan(part, one, { ...place, routes: [place] });
  const run = await startRun(world, { part, state: one.state, plan, edited: [place] });
  const leave = async (): Promise<void> => {
    await crowd.ask('faults', { number, faults: [] });
    await run.end();
    await crowd.ask('leave', { number });
  };
  try {
    await run.arrive();
    say(`case ${number}: ${nameOf(one)}: green breaks now`);
    const seen = await measure(world, part, one, place, run);
    // Green stays broken: the rollback ends beside it.
    const end = async (): Promise<Observation> => {
      try {
        return { ...seen, ending: await run.ending(Date.now() + PARTS[part].endsWithinMs) };
      } finally {
        await leave();
      }
    };
    return { ended: end() };
  } catch (cause) {
    await leave();
    throw cause;
  }
}

async function measure(
  world: World,
  part: Part,
  one: Case,
  place: Place,
  run: Awaited<ReturnType<typeof startRun>>,
): Promise<Omit<Observation, 'ending'>> {
  const brokenMs = await breakGreen(world, one, place);
  const kind = isForPeople(one) ? 'halt' : 'stop';
  const verdict = await run.verdict(brokenMs + PARTS[part].patienceMs, kind);
  const answeredMs = verdict !== null && isForPeople(one) ? await run.answer() : null;
  await delay(AFTERMATH_MS);
  const seen = lookSchema.parse(
    await world.crowd.ask('look', {
      number: one.number,
      green: place.green,
      fromMs: brokenMs,
      slowMs: one.kind === 'latency x10' ? SLOW_ANSWER_MS : Number.MAX_SAFE_INTEGER,
    }),
  );
  return {
    name: nameOf(one),
    kind: one.kind,
    firstBadMs: one.kind === 'metrics outage' ? brokenMs : seen.firstBadMs,
    verdictMs: verdict === null ? null : Date.parse(verdict.at),
    answeredMs,
    weightsMs: verdict === null ? null : weightsBackMs(world, place, brokenMs),
    lastGreenMs: seen.lastGreenMs,
    failedRequests: seen.failedRequests,
    reason: verdict?.reason ?? 'no verdict',
  };
}

/** Returns when, by the crowd's clock, which is this machine's. */
async function breakGreen(
  { crowd, cloudWatch }: World,
  { kind, number }: Pick<Case, 'kind' | 'number'>,
  { green, greenTargetGroupArn }: Pick<Place, 'green' | 'greenTargetGroupArn'>,
): Promise<number> {
  const set = async (faults: readonly ShopFaultInput[]): Promise<number> =>
    z.number().parse(await crowd.ask('faults', { number, faults }));
  switch (kind) {
    case '5xx burst':
      return set([{ cluster: green, rate: ERROR_RATE }]);
    case 'latency x10':
      return set([{ cluster: green, latencyMultiplier: SLOWER }]);
    case 'targets die':
      await crowd.ask('pods', { cluster: green, addresses: [] });
      return Date.now();
    case 'metrics outage': {
      const group = metricDimension(greenTargetGroupArn);
      cloudWatch.store.lose(({ dimensions }) => dimensions['TargetGroup'] === group);
      return set([{ cluster: green, silent: true }]);
    }
    default:
      return assertNever(kind);
  }
}
