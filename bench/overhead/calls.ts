/**
 * What the sides of the bench measure, call by call. They report to the bench as JSON from processes of their own, so the
 * shape is checked where it arrives.
 */
import { z } from 'zod';

const callSchema = z.strictObject({
  /** The activity's name. */
  type: z.string(),
  /** Wall time in milliseconds, from being asked for to being dealt with, all attempts and their pauses. */
  ms: z.number(),
  /** Was the first attempt the last? A `waiting` or a fault in between is a wait, not work. */
  firstTry: z.boolean(),
});

const callsSchema = z.array(callSchema).readonly();

const sideReportSchema = z.strictObject({
  /** Every call of the migration, in the order in which they were asked for. */
  calls: callsSchema,
  /** Calls of activities that do nothing; only the engine has them. */
  floor: callsSchema,
  /** How much of all cores was in use during the migration, by anybody, percent. */
  busyPercent: z.number(),
});

/** One call that has ended well. */
export type Call = Readonly<z.infer<typeof callSchema>>;

/** One side's whole measurement. */
export type SideReport = Readonly<z.infer<typeof sideReportSchema>>;

/** Throws `ZodError`. */
export function parseCalls(json: string): readonly Call[] {
  return callsSchema.parse(JSON.parse(json));
}

/** Throws `ZodError`. */
export function parseSideReport(json: string): SideReport {
  return sideReportSchema.parse(JSON.parse(json));
}
