/** Waits on a condition by asking again and again, up to a deadline: tests never sleep for a guess. */

export interface Patience {
  /** @default 10_000 */
  readonly deadlineMs?: number;
  /** @default 20 */
  readonly everyMs?: number;
}

/** Returns the first value that is not undefined or false. @throws Error naming `what` at the deadline. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  patience: Patience = {},
): Promise<T> {
  const deadline = performance.now() + (patience.deadlineMs ?? 10_000);
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`did not happen in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, patience.everyMs ?? 20));
  }
}
