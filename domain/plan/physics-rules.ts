/**
 * Cross-field rules about what sources can keep: a promise that no source could show, a bake that ends before its figures are
 * there. What only the measured rate of requests can tell is judged in preflight.
 * Called by `rules.ts`.
 */
import type { z } from 'zod';
import { formatDurationSeconds } from '#domain/plan/durations.ts';
import { finestPromiseSeconds, slowestFigure } from '#domain/guard/source-physics.ts';
import { analysis } from './analysis.ts';
import type { PlanPath, PlanProblem } from './problems.ts';
import { bakeField, promiseField } from './traffic.ts';
import { at, child, items, valid } from './tree.ts';

const GROUPS = ['spec', 'traffic', 'groups'];
const ROLLBACK_WITHIN = ['spec', 'traffic', 'promise', 'rollbackWithin'];

type Analysis = z.output<typeof analysis>;

export const physicsRules: readonly ((tree: unknown) => readonly PlanProblem[])[] = [
  promiseCanBeShown,
  bakesShowFigures,
];

/** The section as the engine would get it; undefined where the schema has something to say about it. */
function analysisOf(tree: unknown): Analysis | undefined {
  return valid(analysis.prefault({}), at(tree, ['spec', 'analysis']));
}

/** The last user on green is known to a period of the truth source only: no finer promise can ever be proven. */
function promiseCanBeShown(tree: unknown): readonly PlanProblem[] {
  const written = at(tree, ROLLBACK_WITHIN);
  const promised = valid(promiseField, written);
  const parsed = analysisOf(tree);
  if (promised === undefined || parsed === undefined) return [];
  const finestSeconds = finestPromiseSeconds(parsed);
  if (promised >= finestSeconds) return [];
  return [
    {
      path: ROLLBACK_WITHIN,
      about: written === undefined ? 'missing' : 'value',
      found: duration(promised, written),
      allowed: `at least ${formatDurationSeconds(finestSeconds)}, the period of the source ${parsed.truth} that must show it; or a finer source as spec.analysis.truth`,
    },
  ];
}

/** A step would be over before the first figure of it: neither guard nor judge could have said a word. */
function bakesShowFigures(tree: unknown): readonly PlanProblem[] {
  const parsed = analysisOf(tree);
  if (parsed === undefined) return [];
  const slowest = slowestFigure(parsed);
  if (slowest === null) return [];
  return items(at(tree, GROUPS)).flatMap((group, index): readonly PlanProblem[] => {
    const written = child(group, 'bake');
    const bakeSeconds = valid(bakeField, written);
    // A bake below the interval is another rule's matter.
    if (bakeSeconds === undefined || bakeSeconds < parsed.intervalSeconds) return [];
    if (bakeSeconds >= slowest.seconds) return [];
    const path: PlanPath = [...GROUPS, index, 'bake'];
    const seconds = formatDurationSeconds(slowest.seconds);
    return [
      {
        path,
        about: written === undefined ? 'missing' : 'value',
        found: duration(bakeSeconds, written),
        allowed: `at least ${seconds}: period and lateness of the source ${slowest.source}, which a guardrail reads`,
      },
    ];
  });
}

function duration(seconds: number, written: unknown): string {
  return `"${formatDurationSeconds(seconds)}"${written === undefined ? ' (the default)' : ''}`;
}
