/**
 * `npm run bench -- judgement [--json] [--shifts 200] [--seed 1]`: how often a healthy shift is sent back, and how often a bad one
 * is not. Healthy shifts under realistic noise, and shifts whose green is 20 % slower or fails one percentage point more often, each
 * through all steps of the default plan under its guardrails and comparisons. Decided by the product's own guardrails and
 * judge; the world they look at is in `world.ts`. The same again with 20 points a side, and at a noise of 50 %.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readPlanFile } from '#clients/plan-file.ts';
import { measure, type Judged } from './measure.ts';
import { reportOf, tell } from './report.ts';

const PLAN = fileURLToPath(new URL('../../examples/1-default.yaml', import.meta.url));

/** Five minutes a step at five seconds a period: a little above the fifty points that are asked for. */
const USUAL = { periodsPerStep: 60, noise: 1 };
const SHORT = { periodsPerStep: 20, noise: 1 };
const NOISY = { periodsPerStep: 60, noise: 2.1 };

export async function judgement(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) return 64;
  const judged = await defaultPlan();
  const usual = measure(judged, USUAL, options);
  say(tell(`${USUAL.periodsPerStep} points a side`, usual));
  const short = measure(judged, SHORT, options);
  say(tell(`${SHORT.periodsPerStep} points a side`, short));
  const noisy = measure(judged, NOISY, options);
  say(tell(`${NOISY.periodsPerStep} points a side, noise of 50 %`, noisy));
  const report = {
    ...reportOf(usual),
    seed: options.seed,
    at20Points: reportOf(short),
    at50PercentNoise: reportOf(noisy),
  };
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${tell('result', usual)}\n`);
  return 0;
}

interface Options {
  readonly json: boolean;
  readonly shifts: number;
  readonly seed: number;
}

function parseOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        shifts: { type: 'string', default: '200' },
        seed: { type: 'string', default: '1' },
      },
      strict: true,
    });
    return {
      json: values.json,
      shifts: wholeNumber('shifts', values.shifts),
      seed: wholeNumber('seed', values.seed),
    };
  } catch (cause) {
    say(
      `${cause instanceof Error ? cause.message : String(cause)}; allowed: --json, --shifts 1 to 100000, --seed 1 to 100000`,
    );
    return undefined;
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 100_000) return value;
  throw new RangeError(`--${name} ${JSON.stringify(text)} is no such number`);
}

/** The steps and the analysis of the plan that every figure of Cutover is taken with. */
async function defaultPlan(): Promise<Judged> {
  const read = await readPlanFile(PLAN);
  if (read.kind === 'invalid') throw new Error(`${PLAN} is no plan any more`);
  const { analysis, traffic } = read.plan.spec;
  return { analysis, steps: traffic.groups[0]?.steps ?? [] };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
