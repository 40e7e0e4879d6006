/**
 * One migration of many rules: brought to 25 %, a tenth of its rules raised by a stranger so that they are hit worst, broken, and
 * timed until the API had accepted the way back of each and the guard had read all of them back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';
import { casePlan } from './case-plan.ts';
import type { RulesPlace } from './furnish.ts';
import { worstHitOf, type RulesObservation } from './rules-figures.ts';
import { weightsBackMs, type RoutePlace } from './rule-writes.ts';
import { startRun } from './run.ts';
import { ERROR_RATE, PARTS, requestsPerSecond, SEED } from './setting.ts';
import type { World } from './world.ts';

const PERCENT = 25;
/** As in every case: blue's load is measured before anything moves. */
const SETTLE_MS = 15_000;
/** The guard tries for ten seconds; its report comes after that. */
const REPORTED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 500;
/** The report and what a rollback can have begun since, many times over. */
const NEWEST_EVENTS = 25;

export interface RulesRun {
  /** Breaks green; resolves when weights are measured, with how the run will have ended. */
  measure(): Promise<{ readonly ended: Promise<RulesObservation> }>;
  end(): Promise<void>;
}

/** Returns when green has users and nothing moves any more. */
export async function prepareRules(world: World, number: number, rules: number): Promise<RulesRun> {
  const place = await world.rules(number, rules);
  const worst = place.routes.slice(0, worstHitOf(rules));
  const crowd = crowdOf(world, place);
  await crowd.come();
  await delay(SETTLE_MS);
  const state = { at: worst.length === 0 ? 'bake' : 'halted', percent: PERCENT } as const;
  const plan = await casePlan('rules', { state }, place);
  const run = await startRun(world, { part: 'rules', state, plan, edited: worst });
  const end = async (): Promise<void> => {
    await run.end();
    await crowd.leave();
  };
  try {
    await run.arrive();
  } catch (cause) {
    await end();
    throw cause;
  }
  const backMs = (routes: readonly RoutePlace[], fromMs: number): number | null => {
    const times = routes.map((route) => weightsBackMs(world, route, fromMs));
    return times.reduce<number | null>(
      (latest, one) => (latest === null || one === null ? null : Math.max(latest, one)),
      0,
    );
  };
  return {
    measure: async () => {
      const brokenMs = await crowd.breakGreen();
      const verdict = await run.verdict(brokenMs + PARTS.rules.patienceMs, 'stop');
      const readBackMs = verdict === null ? null : await guardReportMs(world, run.workflowId);
      const seen = {
        rules,
        worst: worst.length,
        verdictMs: verdict === null ? null : Date.parse(verdict.at),
        acceptedMs: backMs(place.routes, brokenMs),
        worstAcceptedMs: worst.length === 0 ? null : backMs(worst, brokenMs),
        readBackMs,
        reason: verdict?.reason ?? 'no verdict',
      };
      const ended = run
        .ending(Date.now() + PARTS.rules.endsWithinMs)
        .then((ending): RulesObservation => ({ ...seen, ending }));
      return { ended };
    },
    end,
  };
}

/** Its users, a crowd at each of its load balancers. */
function crowdOf({ crowd }: World, { number, green, entrances }: RulesPlace) {
  const each = async (ask: (door: number) => Promise<unknown>): Promise<void> => {
    for (const door of entrances.keys()) await ask(100 * number + door);
  };
  const rate = requestsPerSecond('rules', PERCENT) / entrances.length;
  return {
    come: async (): Promise<void> =>
      each((door) => {
        const { origin: target, paths } = entrances[door - 100 * number] ?? {
          origin: '',
          paths: [],
        };
        return crowd.ask('users', {
          number: door,
          target,
          paths,
          requestsPerSecond: rate,
          seed: SEED + door,
        });
      }),
    breakGreen: async (): Promise<number> =>
      z
        .number()
        .parse(
          await crowd.ask('faults', { number, faults: [{ cluster: green, rate: ERROR_RATE }] }),
        ),
    leave: async (): Promise<void> => {
      await crowd.ask('faults', { number, faults: [] });
      await each((door) => crowd.ask('leave', { number: door }));
    },
  };
}

const reportSchema = z.object({ pulled: z.literal(true) });

/** When the guard's report of all routes on blue, read back, had reached the server; null when it could not say so. */
async function guardReportMs({ client }: World, workflowId: string): Promise<number | null> {
  const untilMs = Date.now() + REPORTED_WITHIN_MS;
  while (Date.now() < untilMs) {
    // From its end and in small pages: with a hundred routes in each input a whole history is larger than a message may be.
    const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId },
      maximumPageSize: NEWEST_EVENTS,
    });
    for (const { activityTaskCompletedEventAttributes: completed, eventTime } of history?.events ??
      []) {
      const [payload] = completed?.result?.payloads ?? [];
      if (payload === undefined) continue;
      const result: unknown = defaultPayloadConverter.fromPayload(payload);
      if (reportSchema.safeParse(result).success)
        return Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
    }
    await delay(LOOK_EVERY_MS);
  }
  return null;
}
