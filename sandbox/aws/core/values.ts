/** Small conversions shared by the wire protocols. */
import type { NormalizedSchema } from '@smithy/core/schema';

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member that travelled as text (label, query parameter, form field). Text that does not fit stays text: the shape check names it. */
export function scalarFromText(schema: NormalizedSchema, text: string): unknown {
  if (schema.isNumericSchema())
    return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (schema.isBooleanSchema()) return text === 'true' ? true : text === 'false' ? false : text;
  if (schema.isTimestampSchema()) return new Date(text);
  if (schema.isBlobSchema()) return Buffer.from(text, 'base64');
  return text;
}
