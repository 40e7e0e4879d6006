/**
 * Keys to be worked on, each at most once in the queue and one at a time, as controllers do: whatever happens while a key
 * waits is one piece of work. A key whose work failed comes back after a growing pause. Called by controller.ts.
 */

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

export class WorkQueue {
  readonly #work: (key: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  readonly #failures = new Map<string, { readonly message: string; readonly times: number }>();
  readonly #retries = new Set<NodeJS.Timeout>();
  #busy = false;
  #running: Promise<void> = Promise.resolve();
  #state: 'collecting' | 'working' | 'stopped' = 'collecting';

  constructor(work: (key: string) => Promise<void>) {
    this.#work = work;
  }

  add(key: string): void {
    if (this.#state === 'stopped') return;
    this.#waiting.add(key);
    if (this.#state === 'working' && !this.#busy) this.#running = this.#run();
  }

  /** Until then keys are only collected. */
  start(): void {
    this.#state = 'working';
    this.#running = this.#run();
  }

  /** Is there nothing to do now? What failed and waits for its pause counts as nothing. */
  get idle(): boolean {
    return !this.#busy && this.#waiting.size === 0;
  }

  /** Why the last attempt of each key failed; keys that succeeded since are left out. */
  failures(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#failures].map(([key, { message }]) => [key, message]));
  }

  /** Takes nothing on and waits for what is under way. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#waiting.clear();
    for (const timer of this.#retries) clearTimeout(timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (const key of this.#waiting) {
      this.#waiting.delete(key);
      try {
        await this.#work(key);
        this.#failures.delete(key);
      } catch (cause) {
        this.#failed(key, String(cause));
      }
    }
    this.#busy = false;
  }

  #failed(key: string, message: string): void {
    const times = (this.#failures.get(key)?.times ?? 0) + 1;
    this.#failures.set(key, { message, times });
    const pauseMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (times - 1));
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      this.add(key);
    }, pauseMs);
    this.#retries.add(timer);
  }
}
