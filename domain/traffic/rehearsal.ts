/**
 * The rehearsal of a rollback: what it measured, and whether that keeps the plan's promise. A promise that was never tried is
 * a hope; the shift does not begin on one (I1). Pure; measured by an activity, judged by the shift.
 */
export interface Rehearsal {
  /** When it was done, ISO time. */
  readonly at: string;
  /** From the first write back to the last route reading back 0 %. */
  readonly readBackSeconds: number;
  /**
   * From the first write back to the end of the last period in which green answered anybody, by the truth source: at most
   * this long, because a source tells of whole periods only. Null when no user met green, so that there was nothing to see.
   */
  readonly lastGreenSeconds: number | null;
  /** How coarse `lastGreenSeconds` is: the source's period. */
  readonly resolutionSeconds: number;
  /** Users' requests that green answered meanwhile. */
  readonly greenRequests: number;
}

/** Why the promise was not kept, or null when nothing that was measured speaks against it. */
export function brokenPromise(
  rehearsal: Rehearsal,
  promise: { readonly rollbackWithinSeconds: number },
): string | null {
  const { readBackSeconds, lastGreenSeconds, resolutionSeconds } = rehearsal;
  const { rollbackWithinSeconds } = promise;
  const figures = [
    { what: 'reading back all routes', seconds: readBackSeconds },
    // What is certain: the last request came somewhere in its period.
    { what: 'the last request to green', seconds: (lastGreenSeconds ?? 0) - resolutionSeconds },
  ];
  const broken = figures.filter(({ seconds }) => seconds > rollbackWithinSeconds);
  if (broken.length === 0) return null;
  const took = broken.map(({ what, seconds }) => `${what} took ${seconds.toFixed(1)} s`);
  return `the rehearsed rollback does not keep the promise of ${rollbackWithinSeconds} s: ${took.join(', ')}`;
}

/** The figures in one line, for the gate and the status. */
export function describeRehearsal(rehearsal: Rehearsal): string {
  const { readBackSeconds, lastGreenSeconds, resolutionSeconds, greenRequests } = rehearsal;
  const seen =
    lastGreenSeconds === null
      ? 'no user met green meanwhile'
      : `last of ${greenRequests} requests to green after ${lastGreenSeconds.toFixed(1)} s (to ${resolutionSeconds} s)`;
  return `rollback rehearsed: all routes read back in ${readBackSeconds.toFixed(1)} s, ${seen}`;
}
