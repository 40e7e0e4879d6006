/**
 * `npm run bench -- scale [--json] [--migrations N] [--few N]`: so many migrations at once on one worker, with Temporal and the emulator on the
 * same cores, and first the same with few (none: `--few 0`). Greens break meanwhile, so that rollbacks happen among all the others. Exit code 1 where a
 * migration did not end as it should, or a limit was not kept.
 */
import { parseArgs } from 'node:util';
import { ToolMissingError } from '#sandbox/tools/tool-missing-error.ts';
import { describeMachine, startBusyMeter } from '../machine.ts';
import { followCalls, type Calls } from './calls.ts';
import { drive, type Driven } from './drive.ts';
import { brokenLimits, figuresOf, type Figures } from './figures.ts';
import { readProcessUse } from './process-use.ts';
import type { Place } from './furnish.ts';
import { planner } from './scale-plan.ts';
import { fateOf, FEW, INTERVAL_SECONDS, MIGRATIONS, MUTATION_LIMIT, SEED } from './setting.ts';
import { inLanes } from './lanes.ts';
import { startWorld, type World } from './world.ts';

const MOST = 2_000;
/** Histories are replayed by the worker to answer for runs that ended. */
const VERDICTS_AT_ONCE = 4;
const MOST_EXPLAINED = 20;
const SLOWEST_TOLD = 8;

const WHAT_IS_REAL = [
  'real: Temporal, the worker program with production timings, every adapter, AWS and Kubernetes over the wire',
  `emulated: AWS with its physics; its limit on changes of Elastic Load Balancing (${MUTATION_LIMIT.ratePerSecond} a second, bursts of ${MUTATION_LIMIT.burst}, assumed) is shared by all migrations`,
  'light: Kubernetes API servers in memory; users are figures in CloudWatch that follow the weights of each rule',
] as const;

export async function scale(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) return 64;
  say(`machine: ${describeMachine()}`);
  for (const line of WHAT_IS_REAL) say(line);
  try {
    const few = options.few === 0 ? null : await measure(options.few);
    const many = await measure(options.migrations);
    const report = { ...many, intervalSeconds: INTERVAL_SECONDS, seed: SEED, few };
    process.stdout.write(
      options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, null, 2)}\n`,
    );
    const broken = [...(few === null ? [] : [few]), many].flatMap((one) =>
      brokenLimits(one).map((what) => `${one.migrations} migrations: ${what}`),
    );
    for (const what of broken) say(`NOT KEPT: ${what}`);
    return broken.length === 0 ? 0 : 1;
  } catch (cause) {
    if (!(cause instanceof ToolMissingError)) throw cause;
    say(cause.message);
    return 1;
  }
}

async function measure(migrations: number): Promise<Figures> {
  const world = await startWorld();
  try {
    const places = await world.furnish(migrations);
    say(`${migrations} migrations: furnished`);
    const planOf = await planner();
    const calls = followCalls([world.aws.audit, world.light.audit]);
    const busyPercent = startBusyMeter();
    const before = await readProcessUse(world.worker.pid);
    const driven = await drive(world, planOf, places, say);
    calls.stop();
    const after = await readProcessUse(world.worker.pid);
    say(`cores in use by everybody: ${busyPercent()} %`);
    const reactions = await reactionsOf(world, driven, calls);
    const figures = figuresOf({
      migrations,
      outcomes: driven.endings.map(({ outcome }) => outcome),
      reactionSeconds: reactions.map((reaction) => reaction?.seconds ?? null),
      historyEvents: driven.endings.map(({ historyEvents }) => historyEvents),
      durationSeconds: (driven.endedMs - driven.startedMs) / 1_000,
      mostOpen: driven.mostOpen,
      peakRssMb: after?.peakRssMb ?? null,
      workerCpuSeconds:
        after === null || before === null ? null : after.cpuSeconds - before.cpuSeconds,
      mutations: calls.mutations,
      throttled: [...calls.throttled.values()].reduce((sum, count) => sum + count, 0),
      calls: Object.fromEntries(calls.counts),
    });
    await explain(world, driven);
    tellSlowest(reactions, calls);
    say(JSON.stringify(figures));
    say(`throttled: ${JSON.stringify(Object.fromEntries(calls.throttled))}`);
    return figures;
  } finally {
    await world.stop();
  }
}

interface Reaction {
  readonly place: Place;
  readonly verdictMs: number;
  readonly seconds: number;
}

/** From the guard's own word to the accepted write, of every migration whose green was to break. */
async function reactionsOf(
  { migrations }: World,
  { endings }: Driven,
  calls: Calls,
): Promise<readonly (Reaction | null)[]> {
  const meant = endings.filter(({ place }) => fateOf(place.number) !== 'well');
  return inLanes(meant, VERDICTS_AT_ONCE, async ({ place, workflowId, brokenMs }) => {
    if (brokenMs === null) return null;
    const view = await migrations.status(workflowId).catch(() => null);
    const word = view?.decisions.findLast(({ verb }) => verb === 'guard');
    if (word === undefined) return null;
    const verdictMs = Date.parse(word.at);
    const weightsMs = calls.weightsBackMs(place, verdictMs);
    const seconds = weightsMs === null ? null : (weightsMs - verdictMs) / 1_000;
    return seconds === null ? null : { place, verdictMs, seconds };
  });
}

/** Where the time of the slowest went, call by call. */
function tellSlowest(reactions: readonly (Reaction | null)[], calls: Calls): void {
  const slowest = reactions
    .filter((reaction) => reaction !== null)
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST_TOLD);
  for (const { place, verdictMs, seconds } of slowest) {
    const about = calls.about(place, verdictMs, verdictMs + seconds * 1_000);
    const at = new Date(verdictMs).toISOString();
    say(`${place.blue}: ${seconds.toFixed(2)} s from its verdict at ${at}: ${about.join(', ')}`);
  }
}

/** What those do that did not end as they should; the first of them. */
async function explain({ migrations }: World, { endings }: Driven): Promise<void> {
  const odd = endings.filter(
    ({ outcome, place }) =>
      outcome !== (fateOf(place.number) === 'well' ? 'completed' : 'rolled-back'),
  );
  for (const { workflowId, outcome } of odd.slice(0, MOST_EXPLAINED)) {
    const view = await migrations.status(workflowId).catch(() => null);
    const why = view?.halted ?? view?.stop?.reason ?? '';
    say(`${workflowId}: ${outcome ?? 'still open'}, ${view?.activity ?? 'no answer'}: ${why}`);
  }
}

function parseOptions(
  args: readonly string[],
): { readonly json: boolean; readonly migrations: number; readonly few: number } | undefined {
  const allowed = `--json, --migrations 1–${MOST}, --few 0–${FEW}`;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        migrations: { type: 'string', default: String(MIGRATIONS) },
        few: { type: 'string', default: String(FEW) },
      },
      strict: true,
    });
    const [migrations, few] = [Number(values.migrations), Number(values.few)];
    const isBetween = (value: number, least: number, most: number): boolean =>
      Number.isInteger(value) && value >= least && value <= most;
    if (isBetween(migrations, 1, MOST) && isBetween(few, 0, FEW))
      return { json: values.json, migrations, few };
    say(`wrong usage; allowed: ${allowed}`);
  } catch (cause) {
    say(`${cause instanceof Error ? cause.message : String(cause)}; allowed: ${allowed}`);
  }
  return undefined;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
