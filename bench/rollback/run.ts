/** One migration of the bench: brought into the state that is wanted, asked for its verdict, and seen to its end. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { assertNever } from '#domain/assert-never.ts';
import type { Verb } from '#domain/migration/messages.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import type { Case } from './cases.ts';
import { editRule, type RoutePlace } from './rule-writes.ts';
import { PARTS, type Part } from './setting.ts';
import type { World } from './world.ts';

/** A look asks the worker, so it disturbs what is measured. */
const LOOK_EVERY_MS = 1_000;
/** By how much a stranger raises green's weight so that the run halts. */
const EDIT_PERCENT = 10;

export interface RunOptions {
  readonly part: Part;
  readonly state: Case['state'];
  readonly plan: MigrationPlan;
  /** The routes that a stranger changes where the state is a halt. */
  readonly edited: readonly RoutePlace[];
}

/** The guard's own word. */
export interface Verdict {
  readonly at: string;
  readonly reason: string;
}

/** The migration of `plan`, started; to be brought into `state`. */
export async function startRun(world: World, { part, state, plan, edited }: RunOptions) {
  const { migrations, client } = world;
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
    if (await until(fits, Date.now() + PARTS[part].arrivesWithinMs)) return;
    const view = await migrations.status(workflowId);
    throw new Error(
      `${workflowId} did not come to ${what}: ${view.activity}, ${view.halted ?? ''}`,
    );
  };
  const isSeen = ({ steps }: StatusView): boolean =>
    steps.some((step) => step.percent === state.percent && step.observedPercent !== null);
  return {
    workflowId,
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
          for (const route of edited)
            await editRule(world.elbv2, route, state.percent + EDIT_PERCENT);
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
    verdict: async (untilMs: number, kind: 'stop' | 'halt'): Promise<Verdict | null> => {
      let found: Verdict | null = null;
      await until((view) => {
        // The last word of the guard; an edit that halted the run was one, too.
        const word = view.decisions.findLast(({ verb }) => verb === 'guard');
        const isGiven = view[kind === 'halt' ? 'halted' : 'stop'] !== null;
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
