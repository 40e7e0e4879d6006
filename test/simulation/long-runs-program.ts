/**
 * Tells migrations of days and weeks and writes into a file how each ended and what it cost. A program, because the isolate hooks
 * into promises where jest does. Arguments: the workflow bundle, the report, and which stories.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { activityNames } from '#simulation/activity-names.ts';
import { Isolate } from '#simulation/isolate.ts';
import { tell, type Setting } from '#simulation/story.ts';
import { billableActions } from '#sandbox/temporal/billable-actions.ts';
import { beforePatches, patchesIn, tomorrow } from '#test/support/other-builds.ts';
import { DAY_MS, HOUR_MS, LONG_TIMINGS, longPlan, LOOKS_OF_TEN_MINUTES } from './long-plans.ts';

type Round = Parameters<NonNullable<Setting['onTask']>>[0][number];
type Happened = Parameters<typeof billableActions>[0][number];

/** What a story says of itself. */
export interface LongRun {
  readonly outcome: string | null;
  readonly reason: string;
  readonly violation: unknown;
  readonly days: number;
  readonly replays: number;
  readonly events: number;
  readonly actions: ReturnType<typeof billableActions>;
  /** Heartbeats that reached the server, of everything but the guard. */
  readonly otherHeartbeats: number;
  /** The most of a guard's within one hour, by the guard's kind. */
  readonly guardHeartbeatsPerHour: { readonly sharp: number; readonly calm: number };
}

const SHARP_TIMEOUT_MS = 10_000;

async function tellLong(
  isolate: Isolate,
  setting: Pick<Setting, 'plan' | 'world' | 'approveAfterMs' | 'deploys'>,
): Promise<LongRun> {
  const happened: Happened[] = [];
  let events = 1;
  let otherHeartbeats = 0;
  const hours = { sharp: new Map<number, number>(), calm: new Map<number, number>() };
  const told = await tell(
    {
      isolate,
      defect: null,
      setting: {
        timings: LONG_TIMINGS,
        bounds: { longestMs: 60 * DAY_MS, mostSteps: 5_000_000 },
        ...setting,
        onTask: (recorded) => {
          events += 3 + recorded.reduce((sum, round) => sum + eventsOf(round), 0);
          happened.push(...recorded.flatMap(happenedIn));
        },
        onHeartbeat: ({ activity, heartbeatTimeoutMs }, atMs) => {
          if (activity !== 'guardTraffic') {
            otherHeartbeats += 1;
            return;
          }
          const mine = heartbeatTimeoutMs === SHARP_TIMEOUT_MS ? hours.sharp : hours.calm;
          const hour = Math.floor(atMs / HOUR_MS);
          mine.set(hour, (mine.get(hour) ?? 0) + 1);
        },
      },
    },
    { seed: 1, faults: [] },
  );
  const { observations } = told;
  const retries = observations.flatMap((one) =>
    one.kind === 'attempt-began' && one.attempt > 1
      ? [{ activityTaskStartedEventAttributes: { attempt: 2 } }]
      : [],
  );
  const [first] = observations;
  const end = observations.find(({ kind }) => kind === 'ended');
  return {
    outcome: told.outcome,
    reason: end?.kind === 'ended' ? end.reason : '',
    violation: told.violation,
    days: ((end?.atMs ?? 0) - (first?.atMs ?? 0)) / DAY_MS,
    replays: observations.filter(({ kind }) => kind === 'replayed').length,
    events,
    actions: billableActions([...happened, ...retries]),
    otherHeartbeats,
    guardHeartbeatsPerHour: { sharp: most(hours.sharp), calm: most(hours.calm) },
  };
}

function most(counts: ReadonlyMap<number, number>): number {
  return Math.max(0, ...counts.values());
}

/** As a server writes them: what was told, and what was wanted. */
function eventsOf({ jobs, commands }: Round): number {
  // An activity that ended was started before; an update is accepted and completed by its answers.
  const heard = jobs.map((job) => (job.resolveActivity ? 2 : job.doUpdate ? 0 : 1));
  // The SDK writes a search attribute of its own with each patch.
  const wanted = commands.map((command) => (command.setPatchMarker ? 2 : 1));
  return [...heard, ...wanted].reduce((sum: number, one) => sum + one, 0);
}

function happenedIn({ jobs, commands }: Round): readonly Happened[] {
  return [
    ...jobs.map((job) => ({
      eventId: 0,
      ...(job.initializeWorkflow ? { workflowExecutionStartedEventAttributes: {} } : {}),
      ...(job.signalWorkflow ? { workflowExecutionSignaledEventAttributes: {} } : {}),
      ...(job.doUpdate ? { workflowExecutionUpdateAcceptedEventAttributes: {} } : {}),
    })),
    ...commands.map(({ scheduleActivity, startTimer, upsertWorkflowSearchAttributes }) => ({
      eventId: 0,
      ...(scheduleActivity ? { activityTaskScheduledEventAttributes: {} } : {}),
      ...(startTimer ? { timerStartedEventAttributes: {} } : {}),
      ...(upsertWorkflowSearchAttributes
        ? {
            upsertWorkflowSearchAttributesEventAttributes: {
              searchAttributes: { indexedFields: { ours: {} } },
            },
          }
        : {}),
    })),
  ];
}

const [bundle = '', report = ''] = process.argv.slice(2);
const names = activityNames();
const today = await readFile(bundle, 'utf8');
const patches = patchesIn(today);
const load = async (code: string): Promise<Isolate> => Isolate.load(code, names);
const isolate = await load(today);
const world = { readyAfterLooks: LOOKS_OF_TEN_MINUTES, goneAfterLooks: LOOKS_OF_TEN_MINUTES };
const runs = {
  oneDay: await tellLong(isolate, { plan: longPlan({ soakDays: 1 }), world }),
  twoDays: await tellLong(isolate, { plan: longPlan({ soakDays: 2 }), world }),
  /** Ten days at the shift gate, nine of soak, ten at the retire gate; a deploy in each of the three. */
  thirtyDays: await tellLong(await load(beforePatches(today)), {
    plan: longPlan({ soakDays: 9.5, everySeconds: 1_800 }),
    approveAfterMs: 10 * DAY_MS,
    deploys: [
      { afterMs: 5 * DAY_MS, isolate: await load(beforePatches(today, patches.slice(1))) },
      { afterMs: 15 * DAY_MS, isolate },
      { afterMs: 25 * DAY_MS, isolate: await load(tomorrow(today)) },
    ],
  }),
};
await writeFile(report, JSON.stringify(runs));
process.exit(0);
