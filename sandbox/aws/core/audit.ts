/**
 * Every call the emulator answered, in order, for tests and people: who, what, with which input, and what came of it. Members
 * the model marks as sensitive, and session tokens, are recorded as `***` (invariant I10).
 */
import { appendFileSync } from 'node:fs';
import type { NormalizedSchema } from '@smithy/core/schema';
import { isRecord } from './values.ts';

export type CallResult =
  | { readonly kind: 'ok'; readonly output: unknown }
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly status: number;
      readonly message: string;
    }
  /** The client got no (whole) answer; `effect` says whether the call took effect, `output` what its answer would have said then. */
  | ({
      readonly kind: 'lost';
      readonly fault: 'hang' | 'reset' | 'truncate' | 'late';
    } & ({ readonly effect: false } | { readonly effect: true; readonly output: unknown }));

/** What the call answered, or would have; undefined where it took no effect. */
export function outputOf(result: CallResult): { readonly output: unknown } | undefined {
  if (result.kind === 'ok') return result;
  return result.kind === 'lost' && result.effect ? result : undefined;
}

export interface AuditEntry {
  readonly sequence: number;
  /** ISO 8601, when the answer was ready. */
  readonly at: string;
  readonly requestId: string;
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly principalArn: string;
  readonly input: unknown;
  readonly result: CallResult;
}

export interface AuditFilter {
  readonly service?: string;
  readonly operation?: string;
}

export interface AuditOptions {
  /** JSON lines are appended here as calls happen, so that they outlive a killed sandbox. @default no file */
  readonly file?: string;
  /** Entries kept in memory; the oldest go first. @default 100000 */
  readonly keep?: number;
}

export class Audit {
  readonly #entries: AuditEntry[] = [];
  readonly #file: string | undefined;
  readonly #keep: number;
  #sequence = 0;

  constructor(options: AuditOptions = {}) {
    this.#file = options.file;
    this.#keep = options.keep ?? 100_000;
  }

  record(entry: Omit<AuditEntry, 'sequence'>): void {
    this.#sequence += 1;
    const numbered = { sequence: this.#sequence, ...entry };
    this.#entries.push(numbered);
    if (this.#entries.length > this.#keep) this.#entries.shift();
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(numbered)}\n`);
  }

  /** In the order they were answered. */
  entries(filter: AuditFilter = {}): readonly AuditEntry[] {
    return this.#entries.filter(
      (entry) =>
        (filter.service === undefined || entry.service === filter.service) &&
        (filter.operation === undefined || entry.operation === filter.operation),
    );
  }
}

const HIDDEN = '***';

/** The value as it may be written down. */
export function withoutSecrets(schema: NormalizedSchema, value: unknown, memberName = ''): unknown {
  if (value === undefined || value === null || schema.isUnitSchema()) return value;
  if (schema.getMergedTraits().sensitive !== undefined || memberName === 'SessionToken')
    return HIDDEN;
  if (schema.isStructSchema() && isRecord(value)) {
    const members = new Map(schema.structIterator());
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, item]) => {
        const member = members.get(name);
        return member === undefined ? [] : [[name, withoutSecrets(member, item, name)]];
      }),
    );
  }
  if (schema.isBlobSchema() && value instanceof Uint8Array) return `${value.length} bytes`;
  if (schema.isListSchema() && Array.isArray(value)) {
    return value.map((item: unknown) => withoutSecrets(schema.getValueSchema(), item));
  }
  if (schema.isMapSchema() && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        withoutSecrets(schema.getValueSchema(), item),
      ]),
    );
  }
  return value;
}
