import { hostilePath, StrictReader } from '#domain/json/strict-reader.ts';
import type { AddonMatrix, MatrixRow } from './addon-matrix.ts';

/** A matrix file's JSON, which people edit and merge: read strictly, problems by path. */
export type ParsedMatrix =
  | { readonly kind: 'valid'; readonly matrix: AddonMatrix }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

const MOST_ROWS = 5_000;
const FIELDS = ['kubernetes', 'addon', 'version', 'result', 'probes', 'evidence', 'date'] as const;
const ANY_TEXT = /^[\s\S]{0,4000}$/u;

export function parseAddonMatrix(value: unknown): ParsedMatrix {
  const problems: string[] = [];
  const reader = new StrictReader([], problems);
  if (hostilePath(value) !== null) return { kind: 'invalid', problems: ['it nests too deep'] };
  const whole = reader.fields(value, ['rows']);
  const rows: readonly unknown[] = Array.isArray(whole?.['rows']) ? whole['rows'] : [];
  if (whole !== null && (!Array.isArray(whole['rows']) || rows.length > MOST_ROWS))
    reader.at('rows').refuse(whole['rows'], `a list of at most ${MOST_ROWS} rows`);
  const read = rows
    .slice(0, MOST_ROWS)
    .map((row, index) => rowIn(reader.at('rows').at(index), row));
  const known = read.flatMap((row) => (row === null ? [] : [row]));
  return problems.length === 0 && known.length === rows.length
    ? { kind: 'valid', matrix: { rows: known } }
    : { kind: 'invalid', problems };
}

function rowIn(reader: StrictReader, value: unknown): MatrixRow | null {
  const row = reader.fields(value, [...FIELDS]);
  if (row === null) return null;
  const text = (name: (typeof FIELDS)[number], pattern: RegExp, allowed: string) =>
    reader.at(name).text(row[name], pattern, allowed);
  const kubernetes = text('kubernetes', /^1\.\d{1,3}$/u, 'a Kubernetes minor such as "1.36"');
  const addon = text('addon', /^[\w-]{1,100}$/u, 'the name of an EKS add-on');
  const version = text('version', /^[\w.+-]{1,64}$/u, 'the version of an add-on');
  const date = text('date', /^\d{4}-\d{2}-\d{2}$/u, 'a day such as "2026-11-26"');
  const evidence = text('evidence', ANY_TEXT, 'a text of at most 4000 characters');
  const result = resultIn(row['result']);
  if (result === null) reader.at('result').refuse(row['result'], 'passed, failed or healthy');
  const probes = probesIn(reader.at('probes'), row['probes']);
  if (kubernetes === null || addon === null || version === null || date === null) return null;
  if (evidence === null || result === null || probes === null) return null;
  return { kubernetes, addon, version, result, probes, evidence, date };
}

function resultIn(value: unknown): MatrixRow['result'] | null {
  return value === 'passed' || value === 'failed' || value === 'healthy' ? value : null;
}

function probesIn(reader: StrictReader, value: unknown): readonly string[] | null {
  const all: readonly unknown[] = Array.isArray(value) ? value : [];
  const names = all.filter((one) => typeof one === 'string');
  if (Array.isArray(value) && names.length === all.length && names.length <= 100) return names;
  return reader.refuse(value, 'a list of names of probes');
}
