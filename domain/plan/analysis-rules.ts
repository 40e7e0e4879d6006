/**
 * Cross-field rules about analysis: references to sources, what a source can measure, limits named twice.
 * Called by `rules.ts`.
 */
import { accountOfAlarm } from '#domain/guard/alarm-name.ts';
import { formatDurationSeconds } from '#domain/plan/durations.ts';
import { isCountedByLoadBalancers } from '#domain/guard/guardrail-rules.ts';
import { isFields } from '#domain/json/json-fields.ts';
import { intervalField, missingDataField } from './analysis.ts';
import { didYouMean } from './did-you-mean.ts';
import { accountField } from './clusters.ts';
import { alarmField, sourceNameField } from './guardrails.ts';
import { describeValue, oneOf, type PlanPath, type PlanProblem } from './problems.ts';
import { type Named, repeats } from './repeats.ts';
import { at, child, items, valid } from './tree.ts';

const ANALYSIS = ['spec', 'analysis'];
const SOURCES = [...ANALYSIS, 'sources'];

export const analysisRules: readonly ((tree: unknown) => readonly PlanProblem[])[] = [
  sourcesAreKnown,
  targetsAreCountedByTheLoadBalancer,
  (tree) => repeats(limits(tree, 'guardrails'), 'one guardrail per metric and source'),
  (tree) => repeats(limits(tree, 'compare'), 'one comparison per metric and source'),
  alarmsAreInReach,
  missingDataSpansALook,
  allowedIncreaseNeedsAnIncrease,
];

/** Names of the written sources, right or wrong; the default's where none is written; undefined where unreadable. */
function sourceNames(tree: unknown): readonly string[] | undefined {
  const sources = at(tree, SOURCES);
  if (sources === undefined) return ['alb'];
  return isFields(sources) ? Object.keys(sources) : undefined;
}

function listed(
  tree: unknown,
  list: 'guardrails' | 'compare',
): readonly { path: PlanPath; value: unknown }[] {
  const path = [...ANALYSIS, list];
  return items(at(tree, path)).map((value, index) => ({ path: [...path, index], value }));
}

function sourcesAreKnown(tree: unknown): readonly PlanProblem[] {
  const known = sourceNames(tree);
  if (known === undefined) return [];
  const paths = [
    [...ANALYSIS, 'truth'],
    ...[...listed(tree, 'guardrails'), ...listed(tree, 'compare')].map(({ path }) => [
      ...path,
      'from',
    ]),
  ];
  return paths.flatMap((path) => {
    const name = valid(sourceNameField, at(tree, path));
    if (name === undefined || known.includes(name)) return [];
    const hint = didYouMean(name, known);
    const found = `${describeValue(name)}, which is no source`;
    const problem = {
      path,
      about: 'value' as const,
      found,
      allowed: `a name under spec.analysis.sources: ${oneOf(known)}`,
    };
    return [hint === undefined ? problem : { ...problem, hint }];
  });
}

/** An application's own metrics do not know what the load balancer's health checks and connections say. */
function targetsAreCountedByTheLoadBalancer(tree: unknown): readonly PlanProblem[] {
  const known = sourceNames(tree);
  if (known === undefined) return [];
  const counting =
    at(tree, SOURCES) === undefined ? known : known.filter((name) => isLoadBalancer(tree, name));
  return listed(tree, 'guardrails').flatMap(({ path, value }): readonly PlanProblem[] => {
    if (!isCountedByLoadBalancers(child(value, 'metric'))) return [];
    const from = child(value, 'from');
    const allowed = 'a source with cloudwatch-alb, which alone counts what the load balancer sees';
    if (from === undefined) {
      if (counting.length > 0) return [];
      return [
        {
          path: [...path, 'from'],
          about: 'missing',
          found: 'no source with cloudwatch-alb',
          allowed,
        },
      ];
    }
    const name = valid(sourceNameField, from);
    if (name === undefined || !known.includes(name) || counting.includes(name)) return [];
    return [{ path: [...path, 'from'], about: 'value', found: describeValue(name), allowed }];
  });
}

function isLoadBalancer(tree: unknown, name: string): boolean {
  const kind = at(tree, [...SOURCES, name, 'with']);
  return kind !== 'cloudwatch' && kind !== 'prometheus';
}

function limits(tree: unknown, list: 'guardrails' | 'compare'): readonly Named[] {
  return listed(tree, list).flatMap(({ path, value }) => {
    const metric = child(value, 'metric');
    if (typeof metric !== 'string') return [];
    const of = ['alarm', 'query', 'url'].map((key) => child(value, key)).find(isText);
    const from = child(value, 'from');
    const about = of === undefined ? metric : `${metric} ${of}`;
    return [
      {
        path: [...path, 'metric'],
        name: isText(from) ? `${about} from ${from}` : about,
      },
    ];
  });
}

/** Alarms are asked for with the default access, whatever region their ARN names. */
function alarmsAreInReach(tree: unknown): readonly PlanProblem[] {
  const account = valid(accountField, at(tree, ['spec', 'access', 'default', 'account']));
  return listed(tree, 'guardrails').flatMap(({ path, value }): readonly PlanProblem[] => {
    const alarm = valid(alarmField, child(value, 'alarm'));
    const alarmAccount = alarm === undefined ? undefined : accountOfAlarm(alarm);
    if (account === undefined || alarmAccount === undefined || alarmAccount === account) return [];
    const found = `an alarm of account ${alarmAccount}`;
    const allowed = `an alarm of account ${account}`;
    return [{ path: [...path, 'alarm'], about: 'value', found, allowed }];
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function missingDataSpansALook(tree: unknown): readonly PlanProblem[] {
  const path = [...ANALYSIS, 'missingData'];
  const intervalSeconds = valid(intervalField, at(tree, [...ANALYSIS, 'interval']));
  const missingSeconds = valid(missingDataField, at(tree, path));
  if (
    intervalSeconds === undefined ||
    missingSeconds === undefined ||
    missingSeconds >= intervalSeconds
  )
    return [];
  const written = at(tree, path) !== undefined;
  const found = `${describeValue(formatDurationSeconds(missingSeconds))}${written ? '' : ' (the default)'}`;
  const allowed = `at least spec.analysis.interval, ${formatDurationSeconds(intervalSeconds)}`;
  return [{ path, about: written ? 'value' : 'missing', found, allowed }];
}

function allowedIncreaseNeedsAnIncrease(tree: unknown): readonly PlanProblem[] {
  return listed(tree, 'compare').flatMap(({ path, value }) => {
    if (child(value, 'allowedIncrease') === undefined || child(value, 'direction') !== 'decrease')
      return [];
    const found = 'an allowed increase where only a decrease is bad';
    return [
      {
        path: [...path, 'allowedIncrease'],
        about: 'value' as const,
        found,
        allowed: 'direction increase or either',
      },
    ];
  });
}
