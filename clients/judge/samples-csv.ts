import { describeValue } from '#domain/plan/problems.ts';
import type { PlanFileProblem } from '../plan-file.ts';

/**
 * One side's samples as CSV (RFC 4180, without line breaks inside quotes): a header of metric names, then a sample of each
 * metric per row; empty or NaN where one is missing. Everything wrong is named with line, column and metric. Only wanted
 * columns are read as numbers, so a column of timestamps does no harm where a configuration names the metrics.
 */
export type SamplesFile =
  | {
      readonly kind: 'samples';
      /** In the order of the file; NaN where a sample is missing. */
      readonly columns: ReadonlyMap<string, readonly number[]>;
    }
  | { readonly kind: 'invalid'; readonly problems: readonly PlanFileProblem[] };

/** Larger numbers could not be subtracted and averaged any more. */
const LARGEST = 1e150;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;
const MISSING = /^(?:nan)?$/iu;
const ONE_NUMBER = 'a number, or nothing where the sample is missing';

/** @param wanted names of the metrics to read; absent: all columns */
export function parseSamples(
  text: string,
  file: string,
  wanted?: ReadonlySet<string>,
): SamplesFile {
  const [head = '', ...rows] = linesOf(text);
  const header = fieldsOf(head, file, 1);
  if (header.kind === 'invalid') return header;
  const problems: PlanFileProblem[] = headerProblems(header.fields, file);
  if (problems.length > 0) return { kind: 'invalid', problems };
  const columns = header.fields.map(({ text: name }, index) => ({ name, index, samples: [0] }));
  const read = columns.filter(({ name }) => wanted?.has(name) ?? true);
  for (const column of read) column.samples = [];
  for (const [index, row] of rows.entries()) {
    const line = index + 2;
    const parsed = fieldsOf(row, file, line);
    if (parsed.kind === 'invalid') problems.push(...parsed.problems);
    else if (parsed.fields.length !== columns.length)
      problems.push(wrongWidth(file, line, parsed.fields.length, columns.length));
    else
      for (const { name, index: place, samples } of read) {
        const field = parsed.fields[place] ?? NO_FIELD;
        const value = numberOf(field.text);
        if (value === undefined) problems.push(noNumber(file, line, name, field));
        else samples.push(value);
      }
  }
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'samples', columns: new Map(read.map(({ name, samples }) => [name, samples])) };
}

interface Field {
  readonly text: string;
  /** Counts from 1. */
  readonly column: number;
}

const NO_FIELD: Field = { text: '', column: 1 };

type Fields =
  | { readonly kind: 'fields'; readonly fields: readonly Field[] }
  | { readonly kind: 'invalid'; readonly problems: readonly PlanFileProblem[] };

/**
 * The line break at the end of the file ends the last row; it does not begin another. Blank lines after it are nothing either,
 * except where there is one metric only: there each is a missing sample.
 */
function linesOf(text: string): readonly string[] {
  const lines = text.replace(/^\u{feff}/u, '').split(/\r\n|\n|\r/u);
  if (lines[0]?.includes(',') === true) return lines.slice(0, lastWritten(lines) + 1);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function lastWritten(lines: readonly string[]): number {
  return lines.findLastIndex((line) => line !== '');
}

function fieldsOf(line: string, file: string, number: number): Fields {
  if (!line.includes('"')) return { kind: 'fields', fields: plainFields(line) };
  const fields: Field[] = [];
  for (let start = 0; start <= line.length;) {
    const quoted = line.startsWith('"', start);
    const match = (quoted ? QUOTED : PLAIN).exec(line.slice(start));
    if (match === null) {
      const found = quoted
        ? 'a quote that is not closed before the next comma'
        : 'a quote inside a field';
      const allowed = 'fields in whole quotes, with quotes inside them doubled';
      return {
        kind: 'invalid',
        problems: [{ file, line: number, column: start + 1, path: ['row'], found, allowed }],
      };
    }
    const [whole, inner = ''] = match;
    const text = quoted ? inner.replaceAll('""', '"') : inner;
    fields.push({ text: text.trim(), column: start + 1 });
    start += whole.length;
    if (start === line.length && !whole.endsWith(',')) break;
  }
  return { kind: 'fields', fields };
}

const QUOTED = /^"((?:[^"]|"")*)"(?:,|$)/u;
const PLAIN = /^([^",]*)(?:,|$)/u;

function plainFields(line: string): readonly Field[] {
  let column = 1;
  return line.split(',').map((text) => {
    const field = { text: text.trim(), column };
    column += text.length + 1;
    return field;
  });
}

function numberOf(text: string): number | undefined {
  if (MISSING.test(text)) return Number.NaN;
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) <= LARGEST ? value : undefined;
}

function headerProblems(fields: readonly Field[], file: string): PlanFileProblem[] {
  const seen = new Set<string>();
  return fields.flatMap(({ text, column }) => {
    const at = { file, line: 1, column, path: ['header'] };
    if (text === '')
      return [{ ...at, found: 'a column without a name', allowed: 'a header of metric names' }];
    if (seen.has(text))
      return [{ ...at, path: [text], found: 'the same metric again', allowed: 'each metric once' }];
    seen.add(text);
    return [];
  });
}

function wrongWidth(file: string, line: number, found: number, allowed: number): PlanFileProblem {
  const count = (fields: number): string => (fields === 1 ? '1 field' : `${fields} fields`);
  return {
    file,
    line,
    column: 1,
    path: ['row'],
    found: count(found),
    allowed: `${count(allowed)}, as in the header`,
  };
}

function noNumber(file: string, line: number, name: string, field: Field): PlanFileProblem {
  const { text, column } = field;
  return { file, line, column, path: [name], found: describeValue(text), allowed: ONE_NUMBER };
}
