/** The bench's figures for people. */
import Table from 'cli-table3';
import type { OverheadReport, Pair } from './compare.ts';

const ms = (value: number): string => value.toFixed(1);

/** Every call of both sides, and whether it counts. */
export function showPairs(pairs: readonly Pair[]): string {
  const table = new Table({
    head: ['activity', 'engine ms', 'script ms', 'overhead ms'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { type, engineMs, scriptMs, compared } of pairs)
    table.push([
      type,
      ms(engineMs),
      ms(scriptMs),
      compared ? ms(engineMs - scriptMs) : 'waited: not compared',
    ]);
  return `${table.toString()}\n`;
}

export function showSummary(report: OverheadReport): string {
  return [
    `activities compared   ${report.activities}`,
    `engine                ${report.engineSeconds} s`,
    `bare script           ${report.scriptSeconds} s`,
    `ratio                 ${report.ratio}`,
    `overhead per activity ${report.overheadMsPerActivityMedian} ms (median)`,
    '',
  ].join('\n');
}
