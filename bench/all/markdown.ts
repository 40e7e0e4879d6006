/** `bench/results.json` as the table that the README shows. */
import type { Results } from './results.ts';
import { ROWS } from './rows.ts';

const BEGIN = '<!-- bench: written by `npm run bench` -->';
const END = '<!-- bench ends -->';

export function tableOf(results: Results): string {
  const lines = Object.entries(results).flatMap(([name, result]) =>
    (ROWS[name]?.(result.figures) ?? []).map(({ what, ours, other, unit, against }) => {
      const ratio = other === 0 ? '–' : digits(ours / other);
      return `| ${name}, ${result.date} | ${what} | ${digits(ours)} ${unit} | ${digits(other)} ${unit} | ${ratio} | ${against} |`;
    }),
  );
  const machines = [...new Set(Object.values(results).map(({ machine }) => machine))];
  const unkept = Object.entries(results)
    .filter(([, { exitCode }]) => exitCode !== 0)
    .map(([name]) => name);
  return [
    '| bench | what | Cutover | other side | ratio | the other side is |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
    `Machine: ${machines.join('; ')}.${unkept.length === 0 ? '' : ` A promise was not kept in: ${unkept.join(', ')}.`}`,
  ].join('\n');
}

/** The text with the table in it. @throws Error where it has no place for one */
export function withTable(text: string, table: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`there is no place for the table: ${BEGIN}`);
  return `${text.slice(0, begin)}${BEGIN}\n${table}\n${text.slice(end)}`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
