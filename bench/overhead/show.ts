/** The bench's figures for people. */
import Table from 'cli-table3';
import type { SideReport } from './calls.ts';
import { median, type OverheadReport, type Pair } from './compare.ts';

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

/** What the figures must be read against: who else was busy, and what Temporal costs by itself. */
export function tellCircumstances(engine: SideReport, script: SideReport): string {
  const floorMs = median(engine.floor.map((call) => call.ms));
  return [
    `cores in use by everybody: ${engine.busyPercent} % on the engine's side, ${script.busyPercent} % on the script's`,
    `an activity that does nothing, in a workflow that does nothing else, on the engine's server: ${ms(floorMs)} ms (median of ${engine.floor.length})`,
  ].join('\n');
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
