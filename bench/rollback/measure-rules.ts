/**
 * Figures for 1, 20 and 100 rules: migrations prepared side by side, broken one after the other and when nobody else writes much,
 * because the API's limit is the account's.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_MUTATION_LIMIT } from '#sandbox/aws/elbv2/elbv2-world.ts';
import {
  rulesFigure,
  worstHitOf,
  type RulesFigure,
  type RulesObservation,
} from './rules-figures.ts';
import { prepareRules, type RulesRun } from './run-rules.ts';
import { RULE_COUNTS } from './setting.ts';
import { showRulesFigure } from './show.ts';
import type { World } from './world.ts';

/** Nobody needs them before the fast part is over. */
const START_EVERY_MS = 20_000;

export interface RulesOptions {
  /** Of the first of the migrations. */
  readonly firstNumber: number;
  readonly quiet: Promise<unknown>;
  readonly say: (text: string) => void;
}

export async function measureRules(
  world: World,
  { firstNumber, quiet, say }: RulesOptions,
): Promise<readonly RulesFigure[]> {
  const prepared = await Promise.all(
    RULE_COUNTS.map(async (rules, index) => {
      await delay(index * START_EVERY_MS);
      const run = await prepareRules(world, firstNumber + index, rules).catch(String);
      say(`${rules} rules: ${typeof run === 'string' ? run : 'green has users'}`);
      return { rules, run };
    }),
  );
  await quiet;
  const endings: Promise<RulesFigure>[] = [];
  for (const { rules, run } of prepared) endings.push((await measureOne(rules, run)).ending);
  const figures = await Promise.all(endings);
  for (const figure of figures) say(showRulesFigure(figure));
  return figures;
}

/** Resolves when weights are measured; the migration's end is awaited beside the next one. */
async function measureOne(
  rules: number,
  run: RulesRun | string,
): Promise<{ readonly ending: Promise<RulesFigure> }> {
  if (typeof run === 'string') return { ending: Promise.resolve(neverMeasured(rules, run)) };
  try {
    const { ended } = await run.measure();
    return { ending: endingOf(rules, run, ended) };
  } catch (cause) {
    await run.end();
    return { ending: Promise.resolve(neverMeasured(rules, String(cause))) };
  }
}

async function endingOf(
  rules: number,
  run: RulesRun,
  ended: Promise<RulesObservation>,
): Promise<RulesFigure> {
  try {
    return rulesFigure(await ended, DEFAULT_MUTATION_LIMIT);
  } catch (cause) {
    return neverMeasured(rules, String(cause));
  } finally {
    await run.end();
  }
}

function neverMeasured(rules: number, reason: string): RulesFigure {
  const nothing = { verdictMs: null, acceptedMs: null, worstAcceptedMs: null, readBackMs: null };
  const observed = {
    rules,
    worst: worstHitOf(rules),
    ...nothing,
    reason,
    ending: `never measured: ${reason}`,
  };
  return rulesFigure(observed, DEFAULT_MUTATION_LIMIT);
}
