/** One case from an idle place to its observation: a migration is brought into the wanted state, green is broken, and clocks are read. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DescribeRulesCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { assertNever } from '#domain/assert-never.ts';
import type { Verb } from '#domain/messages.ts';
import type { StatusView } from '#domain/status-view.ts';
import { metricDimension } from '#sandbox/aws/elbv2/arns.ts';
import type { ShopFaultInput } from '#sandbox/shop/shop-fault.ts';
import { casePlan } from './case-plan.ts';
import { isForPeople, nameOf, type Case } from './cases.ts';
import type { Observation } from './figures.ts';
import {
  ERROR_RATE,
  PARTS,
  requestsPerSecond,
  SEED,
  SLOW_ANSWER_MS,
  SLOWER,
  type Part,
} from './setting.ts';
import type { Place, World } from './world.ts';

/** A look asks the worker, so it disturbs what is measured. */
const LOOK_EVERY_MS = 1_000;
/** From the start to the wanted state: a rehearsal, a step or two and their truth tests, each as slow as the source. */
const ARRIVAL_MS = { fast: 300_000, alb: 1_500_000 } as const satisfies Record<Part, number>;
/** How long after the verdict the last request may still reach green, and be recorded. */
const AFTERMATH_MS = 6_000;

const lookSchema = z.object({
  firstBadMs: z.number().nullable(),
  lastGreenMs: z.number().nullable(),
  failedRequests: z.number(),
  requests: z.number(),
});

export async function runCase(
  world: World,
  part: Part,
  one: Case,
  place: Place,
  say: (text: string) => void,
): Promise<Observation> {
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
  const run = await startRun(world, part, one, place);
  try {
    await run.arrive();
    say(`case ${number}: ${nameOf(one)}: green breaks now`);
    const brokenMs = await breakGreen(world, one, place);
    const verdict = await run.verdict(brokenMs + PARTS[part].patienceMs);
    const answeredMs = verdict !== null && isForPeople(one) ? await run.answer() : null;
    await delay(AFTERMATH_MS);
    const seen = lookSchema.parse(
      await crowd.ask('look', {
        number,
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
      // Green stays broken: the rollback ends beside it.
      ending: await run.ending(Date.now() + PARTS[part].endsWithinMs),
    };
  } finally {
    await crowd.ask('faults', { number, faults: [] });
    await run.end();
    await crowd.ask('leave', { number });
  }
}

async function startRun(world: World, part: Part, one: Case, place: Place) {
  const { migrations, client } = world;
  const plan = await casePlan(part, one, place);
  const { workflowId } = await migrations.start(plan, { requestedBy: 'bench' });
  const send = async (verb: Verb, gate?: 'shift' | 'retire'): Promise<void> => {
    const by = gate === undefined ? 'ada' : `approver of ${gate}`;
    await migrations.send(verb, workflowId, {
      id: randomUUID(),
      by,
      ...(gate === undefined ? {} : { gate }),
      reason: 'the bench',
    });
  };
  const until = async (fits: (view: StatusView) => boolean, untilMs: number): Promise<boolean> => {
    while (Date.now() < untilMs) {
      const view = await migrations.status(workflowId).catch(() => null);
      if (view !== null && fits(view)) return true;
      if (view?.outcome !== null && view !== null)
        throw new Error(`${workflowId} ended as ${view.outcome}: ${view.stop?.reason ?? ''}`);
      await delay(LOOK_EVERY_MS);
    }
    return false;
  };
  const arriveAt = async (what: string, fits: (view: StatusView) => boolean): Promise<void> => {
    if (await until(fits, Date.now() + ARRIVAL_MS[part])) return;
    const view = await migrations.status(workflowId);
    throw new Error(
      `${workflowId} did not come to ${what}: ${view.activity}, ${view.halted ?? ''}`,
    );
  };
  const { state } = one;
  const isSeen = ({ steps }: StatusView): boolean =>
    steps.some((step) => step.percent === state.percent && step.observedPercent !== null);
  return {
    arrive: async (): Promise<void> => {
      await arriveAt('its gate', ({ gate }) => gate?.name === 'shift');
      await send('approve', 'shift');
      await arriveAt('its weight', isSeen);
      switch (state.at) {
        case 'bake':
          return;
        case 'paused':
          await send('pause');
          return arriveAt('its pause', ({ paused }) => paused !== null);
        case 'halted':
          await editRule(world, place, state.percent + 10);
          return arriveAt('its halt', ({ halted }) => halted !== null);
        case 'soak':
          return arriveAt('its soak', ({ activity }) => activity === 'soak');
        case 'retire gate':
          return arriveAt('its gate', ({ gate }) => gate?.name === 'retire');
        default:
          return assertNever(state);
      }
    },
    /** Null when nobody gave one in time. */
    verdict: async (
      untilMs: number,
    ): Promise<{ readonly at: string; readonly reason: string } | null> => {
      let found: { readonly at: string; readonly reason: string } | null = null;
      await until((view) => {
        // The last word of the guard; an edit that halted the run was one, too.
        const word = view.decisions.findLast(({ verb }) => verb === 'guard');
        const isGiven = isForPeople(one) ? view.halted !== null : view.stop !== null;
        if (!isGiven || word === undefined) return false;
        found = { at: word.at, reason: word.reason };
        return true;
      }, untilMs);
      return found;
    },
    /** Somebody was told of a halt, and wants users back; when that was asked for. */
    answer: async (): Promise<number> => {
      const askedMs = Date.now();
      await send('rollback');
      return askedMs;
    },
    /** The outcome, or what the run was doing when patience ended. */
    ending: async (untilMs: number): Promise<string> => {
      const ended = await until(({ outcome }) => outcome !== null, untilMs);
      const view = await migrations.status(workflowId);
      return ended ? String(view.outcome) : `still open: ${view.activity}, ${view.halted ?? ''}`;
    },
    end: async (): Promise<void> => {
      await client.workflow
        .getHandle(workflowId)
        .terminate('measured')
        .catch(() => undefined);
    },
  };
}

/** Returns when, by the crowd's clock, which is this machine's. */
async function breakGreen(
  { crowd, cloudWatch }: World,
  { kind, number }: Case,
  { green, greenTargetGroupArn }: Place,
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

async function editRule({ elbv2 }: World, place: Place, percent: number): Promise<void> {
  const { ruleArn, blueTargetGroupArn, greenTargetGroupArn } = place;
  const { Rules } = await elbv2.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
  const [action] = Rules?.[0]?.Actions ?? [];
  await elbv2.send(
    new ModifyRuleCommand({
      RuleArn: ruleArn,
      Actions: [
        {
          ...action,
          Type: 'forward',
          ForwardConfig: {
            ...action?.ForwardConfig,
            TargetGroups: [
              { TargetGroupArn: blueTargetGroupArn, Weight: 100 - percent },
              { TargetGroupArn: greenTargetGroupArn, Weight: percent },
            ],
          },
        },
      ],
    }),
  );
}

const writeSchema = z.object({
  RuleArn: z.string(),
  Actions: z.array(
    z.object({
      ForwardConfig: z.object({
        TargetGroups: z.array(
          z.object({ TargetGroupArn: z.string(), Weight: z.number().optional() }),
        ),
      }),
    }),
  ),
});

/** When the API had accepted the first write that gives green nothing. */
function weightsBackMs({ aws }: World, place: Place, fromMs: number): number | null {
  const entry = aws.audit.entries({ operation: 'ModifyRule' }).find(({ at, input, result }) => {
    const write = writeSchema.safeParse(input);
    if (!write.success || write.data.RuleArn !== place.ruleArn) return false;
    const groups = write.data.Actions.flatMap(({ ForwardConfig }) => ForwardConfig.TargetGroups);
    const green = groups.find(({ TargetGroupArn }) => TargetGroupArn === place.greenTargetGroupArn);
    return result.kind === 'ok' && Date.parse(at) >= fromMs && (green?.Weight ?? 0) === 0;
  });
  return entry === undefined ? null : Date.parse(entry.at);
}
