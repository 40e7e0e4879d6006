import { formatDurationSeconds } from '#domain/plan/durations.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import { GATES } from '#domain/migration/phases.ts';
import type { PlanChanges } from './plan-changes.ts';
import { isCountedByLoadBalancers, PERCENTILES } from '#domain/guard/guardrail-rules.ts';
import { nameOfLimit, type Difference, type Limit } from './plan-difference.ts';
import { brokenPromise } from '#domain/traffic/rehearsal.ts';
import { finestPromiseSeconds, slowestFigure } from '#domain/guard/source-physics.ts';
import { nextStep, stepsBegun, trafficPlan } from '#domain/traffic/traffic-plan.ts';

/**
 * What stands against an amendment: what it would change is over, or the plan would break a rule that its file must keep too.
 * Only rules about something that changes are asked, so that an amendment is not refused for what was there before. Called by
 * `amendment.ts`.
 */
type Spec = MigrationPlan['spec'];

export interface AmendmentProblem {
  /** As in {@link Difference}. */
  readonly path: string;
  readonly found: string;
  readonly allowed: string;
}

interface Question {
  readonly before: Spec;
  readonly after: Spec;
  readonly wish: PlanChanges;
  readonly state: MigrationState;
  readonly differences: readonly Difference[];
}

export function amendmentProblems(question: Question): readonly AmendmentProblem[] {
  const closed = closedProblem(question.state);
  if (closed !== null) return [closed];
  return [
    ...overProblems(question),
    ...stepProblems(question),
    ...bakeProblems(question),
    ...promiseProblems(question),
    ...physicsProblems(question),
    ...analysisProblems(question),
  ];
}

/** Nothing at all can be amended any more. */
function closedProblem({ outcome, committed, stop }: MigrationState): AmendmentProblem | null {
  const found =
    outcome !== null
      ? `a migration that has ended: ${outcome}`
      : committed !== null
        ? `a migration that committed at ${committed.at}: blue is being removed`
        : stop !== null
          ? 'a migration that is rolling back'
          : null;
  if (found === null) return null;
  return { path: 'plan', found, allowed: 'amendments before commit, while nothing is rolled back' };
}

/** Fields whose time has passed. */
function overProblems({ before, state, differences }: Question): readonly AmendmentProblem[] {
  const { phases, gates } = state;
  const changes = (path: string): boolean => differences.some((one) => one.path.startsWith(path));
  const over = (path: string, isOver: boolean, found: string): readonly AmendmentProblem[] =>
    isOver && changes(path) ? [{ path, found, allowed: 'no change any more' }] : [];
  const soakIsOver = (phases.soak?.endedAt ?? null) !== null;
  return [
    ...before.traffic.groups.flatMap(({ name }) => {
      const path = `traffic.groups.${name}`;
      const all = trafficPlan(before.traffic, before.singletons.handOverAtPercent);
      const own = all.filter(({ group }) => group === name);
      const isAtTheEnd = stepsBegun(state, name).includes(100);
      return [
        ...over(`${path}.steps`, isAtTheEnd, 'a group that has begun its last step'),
        ...['bakeSeconds', 'bakeAtMostSeconds'].flatMap((field) =>
          over(`${path}.${field}`, nextStep(own, state) === null, 'a group whose bakes are over'),
        ),
      ];
    }),
    ...over('soak.forSeconds', soakIsOver, 'a soak that is over'),
    ...over('analysis.compare', soakIsOver, 'a migration past its last comparison'),
    ...over('drain.quietSeconds', phases.drain !== undefined, 'a drain that has begun'),
    ...GATES.flatMap((name) =>
      over(`gates.${name}.expiresSeconds`, gates[name] !== undefined, `a gate that has opened`),
    ),
  ];
}

function stepProblems({ before, after, wish, state }: Question): readonly AmendmentProblem[] {
  const handOverAt = after.singletons.handOverAtPercent;
  return Object.entries(wish.traffic?.groups ?? {}).flatMap(([name, { steps }]) => {
    const group = after.traffic.groups.find((one) => one.name === name);
    const known = before.traffic.groups.find((one) => one.name === name);
    if (steps === undefined || group === undefined || known === undefined) return [];
    const path = `traffic.groups.${name}.steps`;
    const begun = stepsBegun(state, name);
    const now = begun.at(-1) ?? 0;
    if (now === 100) return [];
    const ahead = group.steps.slice(begun.length);
    const low = ahead.find((percent) => percent <= now);
    if (low !== undefined)
      return [
        { path, found: `${low} %, where green has ${now} %`, allowed: `steps above ${now} %` },
      ];
    const falling = ahead.findIndex((percent, index) => percent <= (ahead[index - 1] ?? now));
    if (falling !== -1)
      return [
        {
          path,
          found: `${ahead[falling]} % after ${ahead[falling - 1]} %`,
          allowed: 'each step above the one before',
        },
      ];
    const last = group.steps.at(-1);
    if (last !== 100) return [{ path, found: `${last} % as the last step`, allowed: '100 %' }];
    if (!group.steps.includes(handOverAt) && known.steps.includes(handOverAt))
      return [
        {
          path,
          found: `no step of ${handOverAt} %`,
          allowed: `steps with ${handOverAt} %, at which singletons change sides`,
        },
      ];
    return [];
  });
}

function bakeProblems({ after, state, differences }: Question): readonly AmendmentProblem[] {
  const { intervalSeconds } = after.analysis;
  const changed = (path: string): boolean => differences.some((one) => one.path === path);
  return after.traffic.groups.flatMap(({ name, bakeSeconds, routes }) => {
    const path = `traffic.groups.${name}.bakeSeconds`;
    const bakeChanges = changed(path);
    if (!bakeChanges && !changed('analysis.intervalSeconds')) return [];
    const found = formatDurationSeconds(bakeSeconds);
    if (bakeSeconds < intervalSeconds)
      return [
        {
          path: bakeChanges ? path : 'analysis.intervalSeconds',
          found: `a bake of ${found} with an interval of ${formatDurationSeconds(intervalSeconds)}`,
          allowed: 'a bake of at least one interval',
        },
      ];
    const sticky = (state.resolved?.routes ?? []).find(
      ({ id, stickySeconds }) =>
        (stickySeconds ?? 0) > bakeSeconds &&
        routes.some((route) => route.id === id && !('acceptSticky' in route && route.acceptSticky)),
    );
    if (!bakeChanges || sticky === undefined) return [];
    return [
      {
        path,
        found: `${found}, where sessions of route ${sticky.id} stick for ${sticky.stickySeconds} s`,
        allowed: `at least ${sticky.stickySeconds} s, or a plan with acceptSticky from the start`,
      },
    ];
  });
}

/** A promise that the rehearsal did not keep is none; one that it kept must not be made into one that it did not. */
function promiseProblems({ before, after, state }: Question): readonly AmendmentProblem[] {
  const { rehearsal } = state;
  if (rehearsal === undefined || brokenPromise(rehearsal, before.traffic.promise) !== null)
    return [];
  const broken = brokenPromise(rehearsal, after.traffic.promise);
  if (broken === null) return [];
  const path = 'traffic.promise.rollbackWithinSeconds';
  return [{ path, found: broken, allowed: 'a promise that the rehearsal kept' }];
}

/** What no source could keep is refused here as it is in a plan file. */
function physicsProblems({ after, differences }: Question): readonly AmendmentProblem[] {
  const changed = (path: string): boolean => differences.some((one) => one.path.startsWith(path));
  const { rollbackWithinSeconds } = after.traffic.promise;
  const promisePath = 'traffic.promise.rollbackWithinSeconds';
  const finestSeconds = finestPromiseSeconds(after.analysis);
  const slowest = slowestFigure(after.analysis);
  return [
    ...(changed(promisePath) && rollbackWithinSeconds < finestSeconds
      ? [
          {
            path: promisePath,
            found: formatDurationSeconds(rollbackWithinSeconds),
            allowed: `at least ${formatDurationSeconds(finestSeconds)}, the period of the source ${after.analysis.truth} that must show it`,
          },
        ]
      : []),
    ...after.traffic.groups.flatMap(({ name, bakeSeconds }) => {
      const path = `traffic.groups.${name}.bakeSeconds`;
      const asked = changed(path) || changed('analysis.guardrails');
      if (!asked || slowest === null || bakeSeconds >= slowest.seconds) return [];
      const seconds = formatDurationSeconds(slowest.seconds);
      return [
        {
          path,
          found: formatDurationSeconds(bakeSeconds),
          allowed: `at least ${seconds}: period and lateness of the source ${slowest.source}`,
        },
      ];
    }),
  ];
}

function analysisProblems({ before, after, differences }: Question): readonly AmendmentProblem[] {
  const changed = (path: string): boolean => differences.some((one) => one.path.startsWith(path));
  const { intervalSeconds, missingDataSeconds } = after.analysis;
  const spans = changed('analysis.intervalSeconds') || changed('analysis.missingDataSeconds');
  const interval = formatDurationSeconds(intervalSeconds);
  return [
    ...(spans && missingDataSeconds < intervalSeconds
      ? [
          {
            path: 'analysis.missingDataSeconds',
            found: `${formatDurationSeconds(missingDataSeconds)} with an interval of ${interval}`,
            allowed: 'at least one interval',
          },
        ]
      : []),
    ...(['guardrails', 'compare'] as const).flatMap((list) =>
      after.analysis[list] === before.analysis[list]
        ? []
        : limitProblems(`analysis.${list}`, after.analysis[list], after, changed),
    ),
  ];
}

/** As the plan file's own rules have it: known sources, each limit once, targets counted by who can count them. */
function limitProblems(
  list: string,
  limits: readonly (Limit & { readonly allowedIncrease?: number; readonly direction?: string })[],
  { analysis }: Spec,
  changed: (path: string) => boolean,
): readonly AmendmentProblem[] {
  const names = limits.map(nameOfLimit);
  return limits.flatMap((limit, index) => {
    const name = nameOfLimit(limit);
    const path = `${list}[${name}]`;
    if (names.indexOf(name) !== index)
      return [{ path, found: 'the same twice', allowed: 'one per metric and source' }];
    const { from } = limit;
    const source =
      from !== undefined && Object.hasOwn(analysis.sources, from)
        ? analysis.sources[from]
        : undefined;
    const known = Object.keys(analysis.sources).join(', ');
    if (from !== undefined && source === undefined)
      return [{ path, found: `no source ${from}`, allowed: `one of ${known}` }];
    const kind = sourceKindOf(limit.metric);
    if (kind !== null && source?.with !== kind && changed(path))
      return [{ path, found: `source ${from}`, allowed: `a source with ${kind}` }];
    const percentile = PERCENTILES.get(limit.metric);
    if (source?.with === 'prometheus' && percentile !== undefined && changed(path))
      if (source.queries[percentile] === undefined)
        return [{ path, found: `source ${from}`, allowed: `a source that asks for ${percentile}` }];
    if (limit.allowedIncrease !== undefined && limit.direction === 'decrease')
      return [
        {
          path,
          found: 'an allowed increase where only a decrease is bad',
          allowed: 'direction increase or either',
        },
      ];
    return [];
  });
}

/** The only kind of source that can tell it; null where any can. */
function sourceKindOf(metric: string): 'cloudwatch-alb' | 'prometheus' | null {
  if (metric === 'promql') return 'prometheus';
  return isCountedByLoadBalancers(metric) ? 'cloudwatch-alb' : null;
}
