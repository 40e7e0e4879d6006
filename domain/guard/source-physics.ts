import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/**
 * What a plan's sources can keep at all, whatever people promise: how fine a promise can be shown, and how long a step takes to
 * show its first figure. Pure; asked by the plan check and by amendments.
 */
type Analysis = Pick<MigrationPlan['spec']['analysis'], 'sources' | 'truth' | 'guardrails'>;

export interface SlowestFigure {
  /** Name of the source. */
  readonly source: string;
  /** Period and lateness: after so many seconds its first whole period of a step is there. */
  readonly seconds: number;
}

/** The last user on green is known to a period of the truth source only: no finer promise can ever be shown. */
export function finestPromiseSeconds({ sources, truth }: Analysis): number {
  return sources[truth]?.periodSeconds ?? 0;
}

/** Of the truth and all that guardrails count, the source whose first figure comes last; null where none is known. */
export function slowestFigure({ sources, truth, guardrails }: Analysis): SlowestFigure | null {
  const read = guardrails.flatMap((guardrail) =>
    'from' in guardrail && guardrail.metric !== 'healthy-targets' ? [guardrail.from] : [],
  );
  const figures = [truth, ...read].flatMap((name): readonly SlowestFigure[] => {
    const source = name === undefined ? undefined : sources[name];
    return source === undefined
      ? []
      : [{ source: name, seconds: source.periodSeconds + source.latenessSeconds }];
  });
  return figures.toSorted((a, b) => b.seconds - a.seconds)[0] ?? null;
}
