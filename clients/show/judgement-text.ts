import { assertNever } from '#domain/assert-never.ts';
import { figure } from '#domain/judge/explain-metric.ts';
import type { JudgedMetric, Judgement } from '#domain/judge/judge.ts';
import { plain, type Colors } from './output.ts';
import { table } from './table.ts';

/** A judgement for people: the verdict, then a line per metric. */
export function judgementText({ verdict, score, metrics }: Judgement, colors: Colors): string {
  const rows = metrics.map((metric) => [
    plain(metric.name, 60),
    metric.classification,
    metric.pValue === null ? '' : figure(metric.pValue),
    shiftText(metric),
    metric.effect === null ? '' : figure(metric.effect),
    metric.classification === 'Nodata' ? plain(metric.reason) : '',
  ]);
  const head = ['metric', 'is', 'p', 'shift (interval)', 'effect', ''];
  const sentence = `${verdictColor(verdict, colors)(verdict)}, score ${score} of 100`;
  return `${sentence}\n\n${table(head, rows, colors)}`;
}

function shiftText({ shift }: JudgedMetric): string {
  if (shift === null) return '';
  return `${figure(shift.estimate)} (${figure(shift.low)} to ${figure(shift.high)})`;
}

function verdictColor(verdict: Judgement['verdict'], colors: Colors): (text: string) => string {
  switch (verdict) {
    case 'pass':
      return colors.green;
    case 'marginal':
    case 'nodata':
      return colors.yellow;
    case 'fail':
      return colors.red;
    default:
      return assertNever(verdict);
  }
}
