/** What the kill matrix says in the end. Pure. */
import { jobName } from './kill-points.ts';
import type { Ending } from './run-job.ts';

export interface Figures {
  /** Points at which a worker died. */
  readonly killPoints: number;
  /** Share of migrations that ended as their story has it, in a world that is as it should be. Percent. */
  readonly legalOutcomes: number;
  /** Made or taken away twice. */
  readonly duplicateEffects: number;
  /** Lost, or counted twice. */
  readonly lostDecisions: number;
  /** Users' requests that failed, and that green did not fail itself. */
  readonly failedRequests: number;
  readonly migrations: number;
  readonly requests: number;
  /** Answered with an error by a green that was broken on purpose. */
  readonly failedByGreen: number;
}

export function figuresOf(endings: readonly Ending[]): Figures {
  const sum = (of: (ending: Ending) => number): number =>
    endings.reduce((total, ending) => total + of(ending), 0);
  const legal = endings.filter(({ illegal }) => illegal.length === 0).length;
  return {
    killPoints: sum(({ deaths }) => deaths.length),
    legalOutcomes: endings.length === 0 ? 0 : floored((100 * legal) / endings.length),
    duplicateEffects: sum(({ duplicates }) => duplicates.length),
    lostDecisions: sum(({ lost }) => lost.length),
    failedRequests: sum(({ users }) => users.failed),
    migrations: endings.length,
    requests: sum(({ users }) => users.requests),
    failedByGreen: sum(({ users }) => users.failedByGreen),
  };
}

/** So that 100 is only said of all. */
function floored(percent: number): number {
  return Math.floor(percent * 10) / 10;
}

export function isWell(figures: Figures): boolean {
  return (
    figures.legalOutcomes === 100 &&
    figures.duplicateEffects === 0 &&
    figures.lostDecisions === 0 &&
    figures.failedRequests === 0
  );
}

const NAME_WIDTH = 62;

/** For people. */
export function showFigures(figures: Figures, endings: readonly Ending[]): string {
  const names = [...new Set(endings.map(({ job }) => jobName(job)))];
  const rows = names.map((name) => {
    const own = endings.filter(({ job }) => jobName(job) === name);
    const part = figuresOf(own);
    return [
      name.padEnd(NAME_WIDTH),
      String(part.migrations).padStart(10),
      String(part.killPoints).padStart(7),
      `${part.legalOutcomes} %`.padStart(7),
      String(part.requests).padStart(9),
      String(part.failedRequests).padStart(7),
    ].join('');
  });
  return [
    `${'story or trouble'.padEnd(NAME_WIDTH)}migrations deaths  legal requests failed`,
    ...rows,
    `${figures.killPoints} kill points, ${figures.legalOutcomes} % legal outcomes, ${figures.duplicateEffects} duplicate effects, ${figures.lostDecisions} lost decisions, ${figures.failedRequests} failed requests (and ${figures.failedByGreen} that a broken green failed)`,
    '',
  ].join('\n');
}
