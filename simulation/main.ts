/**
 * `npm run simulate -- [--runs N] [--seed S] [--only SEED] [--tour] [--defect NAME] [--processes N] [--json]`: tells simulated migrations
 * and checks the invariants after every event. Stops at the first violation and prints its shortest story; exit code 1. Figures
 * go to stdout, with `--json` as one JSON object in the last line; progress to stderr.
 */
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { bundleWorkflows } from '#workers/workflow-bundle.ts';
import { activityNames } from './activity-names.ts';
import { DEFECTS, plant } from './defects.ts';
import { aims } from './story.ts';
import { simulate } from './simulate.ts';
import type { Told } from './teller.ts';

const EXIT = { ok: 0, violated: 1, usage: 64 } as const;

interface Options {
  readonly runs: number;
  readonly seed: number;
  readonly processes: number;
  readonly defect: string | null;
  readonly isTour: boolean;
  readonly json: boolean;
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = optionsIn(args);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n`);
    return EXIT.usage;
  }
  const startedMs = performance.now();
  const told = await simulate({ ...options, code: await bundleFor(options.defect) });
  const summary = summaryOf(told, (performance.now() - startedMs) / 1000);
  const violated = told.find(({ violation }) => violation !== null);
  if (violated?.violation)
    process.stderr.write(
      [
        '',
        ...violated.violation.story,
        `tell it again: npm run simulate -- --only ${violated.seed}${options.defect === null ? '' : ` --defect ${options.defect}`}`,
        '',
      ].join('\n'),
    );
  process.stdout.write(
    options.json
      ? `${JSON.stringify(summary)}\n`
      : Object.entries(summary)
          .map(
            ([name, value]) =>
              `${name}: ${typeof value === 'number' ? value : JSON.stringify(value)}\n`,
          )
          .join(''),
  );
  return violated === undefined ? EXIT.ok : EXIT.violated;
}

/** What was asked for, or what is wrong with it. */
function optionsIn(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        runs: { type: 'string', default: '1000' },
        seed: { type: 'string', default: '1' },
        only: { type: 'string' },
        processes: { type: 'string', default: String(Math.min(2, cpus().length)) },
        defect: { type: 'string' },
        tour: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const { defect = null, json, only, tour } = values;
    if (defect !== null && !Object.hasOwn(DEFECTS, defect))
      return `there is no defect ${JSON.stringify(defect)}; allowed: ${Object.keys(DEFECTS).join(', ')}`;
    const [runs, seed, processes] = [
      only === undefined ? values.runs : '1',
      only ?? values.seed,
      values.processes,
    ].map(Number);
    const isCount = (value: number | undefined): value is number =>
      value !== undefined && Number.isSafeInteger(value) && value >= 1 && value <= 2 ** 31;
    if (!isCount(runs) || !isCount(seed) || !isCount(processes))
      return '--runs, --seed, --only and --processes are whole numbers from 1';
    return { runs, seed, processes: Math.min(processes, runs), defect, isTour: tour, json };
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** The workflow bundle as `npm test` made it, or made now; with the defect in it. */
async function bundleFor(defect: string | null): Promise<string> {
  const path = process.env['CUTOVER_TEST_BUNDLE'];
  const code = path === undefined ? (await bundleWorkflows()).code : await readFile(path, 'utf8');
  const planted = defect === null ? undefined : DEFECTS[defect];
  return planted === undefined ? code : plant(code, planted);
}

function summaryOf(told: readonly Told[], seconds: number) {
  const killed = new Set(told.flatMap((story) => story.killed));
  const activations = told.reduce((sum, story) => sum + story.activations, 0);
  const outcomes: Record<string, number> = {};
  for (const { outcome } of told) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const violated = told.find(({ violation }) => violation !== null);
  return {
    runs: told.length,
    activationsMean: Math.round((10 * activations) / told.length) / 10,
    violations: told.filter(({ violation }) => violation !== null).length,
    seconds: Math.round(seconds * 10) / 10,
    ...(told.length === 1 ? { hash: told[0]?.hash } : {}),
    ...(violated?.violation
      ? {
          violated: {
            seed: violated.seed,
            invariant: violated.violation.invariant,
            says: violated.violation.says,
          },
        }
      : {}),
    outcomes,
    replays: told.reduce((sum, story) => sum + story.replays, 0),
    kills: told.reduce((sum, story) => sum + story.killed.length, 0),
    /** Ways to die in an activity that no story of this simulation took. */
    uncovered: aims(activityNames())
      .map(({ activity, kill }) => `${activity}/${kill}`)
      .filter((point) => !killed.has(point)),
  };
}
