/** Real time, so that tests can bend it. */
export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Resolves after `ms`, rejects at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Aborts after `ms`, as `AbortSignal.timeout` does. */
  limit(ms: number): AbortSignal;
  /** Hex text nobody can guess, for smoke headers. */
  secret(): string;
}
