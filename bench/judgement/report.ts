import type { Measured } from './measure.ts';
import type { ShiftOutcome } from './shift.ts';

/** What the shifts came to, as figures and as lines for people. */
export interface JudgementReport {
  readonly healthy: number;
  readonly falseRollbacks: number;
  readonly regressed: number;
  /** Bad shifts that nothing stopped before 100 %. */
  readonly missed: number;
  /** Shares, 0–1. */
  readonly falseRollbackRate: number;
  readonly missedRate: number;
  /** Of the p99 within a step: the mean over sides, steps and healthy shifts, a share. */
  readonly coefficientOfVariation: number;
  /** Healthy shifts in which the judge asked people at some step. */
  readonly asked: number;
  /** Bad shifts by what stopped them before 100 %, and at which share of green. */
  readonly stopped: {
    readonly byGuard: number;
    readonly byJudge: number;
    readonly atPercent: Readonly<Record<string, number>>;
  };
  readonly missedSlow: number;
  readonly missedFailing: number;
}

export function reportOf({ healthy, slow, failing }: Measured): JudgementReport {
  const sentBack = healthy.filter(({ stoppedBy }) => stoppedBy !== null);
  const bad = [...slow, ...failing];
  const stopped = bad.filter((outcome) => !isMissed(outcome));
  const variations = healthy.flatMap((outcome) => outcome.variations);
  return {
    healthy: healthy.length,
    falseRollbacks: sentBack.length,
    regressed: bad.length,
    missed: bad.length - stopped.length,
    falseRollbackRate: sentBack.length / healthy.length,
    missedRate: (bad.length - stopped.length) / bad.length,
    coefficientOfVariation: mean(variations),
    asked: healthy.filter(({ asked }) => asked > 0).length,
    stopped: {
      byGuard: stopped.filter(({ stoppedBy }) => stoppedBy === 'guard').length,
      byJudge: stopped.filter(({ stoppedBy }) => stoppedBy === 'judge').length,
      atPercent: counted(stopped.map(({ stoppedAtPercent }) => String(stoppedAtPercent))),
    },
    missedSlow: slow.filter(isMissed).length,
    missedFailing: failing.filter(isMissed).length,
  };
}

export function tell(circumstances: string, measured: Measured): string {
  const report = reportOf(measured);
  const { falseRollbacks, healthy, missed, regressed, stopped } = report;
  const weights = Object.entries(stopped.atPercent).map(
    ([percent, count]) => `${count} at ${percent} %`,
  );
  return [
    `${circumstances}: ${falseRollbacks} of ${healthy} healthy shifts sent back (${percent(report.falseRollbackRate)}), ` +
      `${missed} of ${regressed} bad ones missed (${percent(report.missedRate)}: ${report.missedSlow} slow, ${report.missedFailing} failing); ` +
      `coefficient of variation ${percent(report.coefficientOfVariation)}`,
    `  stopped: ${stopped.byGuard} by the guard, ${stopped.byJudge} by the judge; ${weights.join(', ')}; people were asked in ${report.asked} healthy shifts`,
    ...measured.healthy.flatMap(sentBackBecause),
  ].join('\n');
}

function sentBackBecause({
  stoppedBy,
  stoppedAtPercent,
  reasons,
}: ShiftOutcome): readonly string[] {
  return stoppedBy === null
    ? []
    : [`  sent back by the ${stoppedBy} at ${stoppedAtPercent} %: ${reasons.join('; ')}`];
}

/** At 100 % it is too late: every user has met it. */
function isMissed({ stoppedAtPercent }: ShiftOutcome): boolean {
  return stoppedAtPercent === null || stoppedAtPercent >= 100;
}

function counted(keys: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
