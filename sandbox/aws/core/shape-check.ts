/**
 * Walks a value along its schema and lists what does not fit. Requests are checked the way AWS checks them (required members and
 * types; unknown members are ignored), answers more strictly: a member that the model does not have is a mistake of the emulator.
 */
import type { NormalizedSchema } from '@smithy/core/schema';
import { isRecord } from './values.ts';

export interface ShapeCheck {
  /** Where the walk starts, for messages: `input`, `output`. */
  readonly path: string;
  readonly unknownMembers: 'ignore' | 'refuse';
}

/** @returns one sentence for each misfit; empty when the value fits. */
export function shapeProblems(
  schema: NormalizedSchema,
  value: unknown,
  check: ShapeCheck,
): readonly string[] {
  if (value === undefined || value === null || schema.isUnitSchema() || schema.isDocumentSchema())
    return [];
  if (schema.isStructSchema()) return structProblems(schema, value, check);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [`${check.path}: expected a list`];
    const items: readonly unknown[] = value;
    return items.flatMap((item, index) =>
      shapeProblems(schema.getValueSchema(), item, { ...check, path: `${check.path}[${index}]` }),
    );
  }
  if (schema.isMapSchema()) {
    if (!isRecord(value)) return [`${check.path}: expected a map`];
    return Object.entries(value).flatMap(([key, item]) =>
      shapeProblems(schema.getValueSchema(), item, { ...check, path: `${check.path}.${key}` }),
    );
  }
  const expected = simpleTypeMissed(schema, value);
  return expected === undefined ? [] : [`${check.path}: expected ${expected}`];
}

function structProblems(
  schema: NormalizedSchema,
  value: unknown,
  check: ShapeCheck,
): readonly string[] {
  if (!isRecord(value)) return [`${check.path}: expected a structure`];
  const members = new Map(schema.structIterator());
  const missing = requiredMembers(schema)
    .filter((name) => value[name] === undefined || value[name] === null)
    .map((name) => `${check.path}.${name}: required`);
  const misfits = Object.entries(value).flatMap(([name, item]) => {
    const member = members.get(name);
    const path = `${check.path}.${name}`;
    if (member !== undefined) return shapeProblems(member, item, { ...check, path });
    return check.unknownMembers === 'refuse' && item !== undefined
      ? [`${path}: not in the model`]
      : [];
  });
  return [...missing, ...misfits];
}

/** The model lists a structure's required members first; their number is the tuple's seventh element. */
function requiredMembers(schema: NormalizedSchema): readonly string[] {
  const raw = schema.getSchema();
  if (!Array.isArray(raw) || (raw[0] !== 3 && raw[0] !== -3)) return [];
  return raw[4].slice(0, raw[6] ?? 0);
}

function simpleTypeMissed(schema: NormalizedSchema, value: unknown): string | undefined {
  if (schema.isTimestampSchema())
    return value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : 'a timestamp';
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? undefined : 'a boolean';
  if (schema.isNumericSchema())
    return typeof value === 'number' && !Number.isNaN(value) ? undefined : 'a number';
  if (schema.isStringSchema()) return typeof value === 'string' ? undefined : 'a string';
  return undefined;
}
