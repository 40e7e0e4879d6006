/**
 * What both sides of the bench measure: one activity from being asked for to being dealt with. Sides report to the bench as
 * JSON from processes of their own, so the shape is checked where it arrives.
 */
import { z } from 'zod';

const callSchema = z.strictObject({
  /** The activity's name. */
  type: z.string(),
  /** Wall time of the whole call in milliseconds; meaningless when it waited. */
  ms: z.number(),
  /** Was the first attempt the last? A `waiting` or a fault in between is a wait, not work. */
  firstTry: z.boolean(),
});

/** One call that has ended well. */
export type Call = Readonly<z.infer<typeof callSchema>>;

/** A side's calls in the order in which they were asked for. Throws `ZodError`. */
export function parseCalls(json: string): readonly Call[] {
  return z.array(callSchema).parse(JSON.parse(json));
}
