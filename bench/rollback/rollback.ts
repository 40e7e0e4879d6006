/**
 * `npm run bench -- rollback [--json] [--cases N] [--only TEXT] [--part fast|alb|rules]`: how fast users leave a failing green. Failures of every kind in
 * every state (`cases.ts`), with a fast source at 5 s and again with the load balancer's own metrics alone; what is real and
 * what is not is said with the figures. Exit code 1 when a failure was missed, or a migration ended otherwise than rolled back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ToolMissingError } from '#sandbox/tools/tool-missing-error.ts';
import { describeMachine, startBusyMeter } from '../machine.ts';
import { allCases, nameOf, someCases, type Case } from './cases.ts';
import { endedWell, figuresOf, isMissed, type Figures, type Observation } from './figures.ts';
import { peerFigures } from './peers.ts';
import { measureRules } from './measure-rules.ts';
import { isRulesWell, type RulesFigure } from './rules-figures.ts';
import { runCase } from './run-case.ts';
import { PARTS, type Part } from './setting.ts';
import { showFigures, showObservation, showPeers, showRules } from './show.ts';
import { startWorld, type World } from './world.ts';

const LANE_EVERY_MS = 2_000;
/** Added to the number of a case that begins anew; numbers stay below 256, because pods' addresses hold them. */
const ANEW = 100;
const MOST_CASES = allCases(1).length;

const WHAT_IS_REAL = [
  'real: Temporal, the worker and its queues, workflows, activities, production timings, the AWS SDK, users and pods over HTTP',
  'emulated: ELBv2 and CloudWatch with their physics (0.2–3 s to the nodes, 1–3 s and 60–180 s late metrics, rate-limited writes)',
  'in memory: EKS and Kubernetes',
] as const;

export async function rollback(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) return 64;
  say(`machine: ${describeMachine()}`);
  for (const line of WHAT_IS_REAL) say(line);
  const busyPercent = startBusyMeter();
  let world: World;
  try {
    world = await startWorld();
  } catch (cause) {
    if (!(cause instanceof ToolMissingError)) throw cause;
    say(cause.message);
    return 1;
  }
  try {
    const fastPart = options.parts.includes('fast') ? runPart(world, 'fast', options, 1) : [];
    const [fast, alb, rules] = await Promise.all([
      fastPart,
      options.parts.includes('alb') ? runPart(world, 'alb', options, MOST_CASES + 1) : [],
      options.parts.includes('rules')
        ? measureRules(world, {
            firstNumber: 2 * MOST_CASES + 1,
            quiet: Promise.resolve(fastPart),
            say,
          })
        : [],
    ]);
    const report = { ...figuresOf(fast, PARTS.fast), rules, albOnly: figuresOf(alb, PARTS.alb) };
    say(`cores in use by everybody: ${busyPercent()} %`);
    process.stderr.write(showPeers(peerFigures(PARTS.fast.intervalSeconds)));
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : showAll(report));
    const all = [...fast, ...alb];
    return all.some(isMissed) || !all.every(endedWell) || !rules.every(isRulesWell) ? 1 : 0;
  } finally {
    await world.stop();
  }
}

function showAll(
  report: Figures & { readonly rules: readonly RulesFigure[]; readonly albOnly: Figures },
): string {
  return `${showFigures('fast source, 5 s', report)}${showRules(report.rules)}${showFigures('ALB metrics alone', report.albOnly)}`;
}

async function runPart(
  world: World,
  part: Part,
  { cases: count, only }: Pick<Options, 'cases' | 'only'>,
  firstNumber: number,
): Promise<readonly Observation[]> {
  const named = allCases(firstNumber).filter((one) => nameOf(one).includes(only));
  const cases = someCases(named, count);
  const loadBalancerArn = await world.loadBalancer(`bench-${part}`);
  const waiting = [...cases];
  const endings: Promise<Observation>[] = [];
  const lane = async (_: unknown, index: number): Promise<void> => {
    // Preflights that begin together are a storm that no two cores bear.
    await delay(index * LANE_EVERY_MS);
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const { ended } = await observe(world, part, one, loadBalancerArn);
      endings.push(ended.then((observation) => shown(part, observation)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(cases.length, PARTS[part].sideBySide) }, lane));
  return Promise.all(endings);
}

/**
 * Resolves when the case is measured; its migration's end is awaited beside the next case. One that could not be brought into its
 * state is no figure, and no success either. On a machine that stalls, a healthy green may go back before anything was broken: that
 * is said, and the case begun anew where it is quick.
 */
async function observe(
  world: World,
  part: Part,
  one: Case,
  loadBalancerArn: string,
): Promise<{ readonly ended: Promise<Observation> }> {
  const anewUntilMs = Date.now() + PARTS[part].beginsAnewWithinMs;
  const attempt = async (number: number): Promise<{ readonly ended: Promise<Observation> }> => {
    const place = await world.place(number, loadBalancerArn);
    const { ended } = await runCase(world, part, { ...one, number }, place, say);
    return { ended: ended.catch((cause: unknown) => neverSeen(one, cause)) };
  };
  const never = (cause: unknown): { readonly ended: Promise<Observation> } => ({
    ended: Promise.resolve(neverSeen(one, cause)),
  });
  return attempt(one.number).catch(async (cause: unknown) => {
    if (Date.now() >= anewUntilMs) return never(cause);
    say(`${part}: ${nameOf(one)}: ${neverSeen(one, cause).reason}; it begins anew`);
    // Elsewhere: the rollback took the targets out, and no controller is here to put them back.
    return attempt(one.number + ANEW).catch(never);
  });
}

function shown(part: Part, observation: Observation): Observation {
  say(showObservation(part, observation));
  if (isMissed(observation)) say(`MISSED: ${part}: ${observation.name}`);
  if (!endedWell(observation))
    say(`NOT ROLLED BACK: ${part}: ${observation.name}: ${observation.ending}`);
  return observation;
}

function neverSeen(one: Case, cause: unknown): Observation {
  return {
    name: nameOf(one),
    kind: one.kind,
    firstBadMs: null,
    verdictMs: null,
    answeredMs: null,
    weightsMs: null,
    lastGreenMs: null,
    failedRequests: 0,
    reason: `not brought into its state: ${cause instanceof Error ? cause.message : String(cause)}`,
    ending: 'never measured',
  };
}

interface Options {
  readonly json: boolean;
  /** At most so many of each part, spread over kinds and states. */
  readonly cases: number;
  /** Cases whose name holds this. */
  readonly only: string;
  readonly parts: readonly Part[];
}

function parseOptions(args: readonly string[]): Options | undefined {
  const allowed = `--json, --cases 1–${MOST_CASES}, --only TEXT, --part fast|alb|rules`;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        cases: { type: 'string', default: String(MOST_CASES) },
        only: { type: 'string', default: '' },
        part: { type: 'string' },
      },
      strict: true,
    });
    const cases = Number(values.cases);
    const parts = (['fast', 'alb', 'rules'] as const).filter(
      (part) => values.part === undefined || values.part === part,
    );
    if (Number.isInteger(cases) && cases >= 1 && cases <= MOST_CASES && parts.length > 0)
      return { json: values.json, cases, only: values.only, parts };
    say(`wrong usage; allowed: ${allowed}`);
  } catch (cause) {
    say(`${cause instanceof Error ? cause.message : String(cause)}; allowed: ${allowed}`);
  }
  return undefined;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
