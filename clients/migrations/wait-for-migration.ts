/**
 * Watches a migration until people are needed or it ends. Invariants: it asks Temporal once per interval what the
 * last event is (a describe, which costs no Action) and queries the workflow only when there is a new one, so waiting
 * for a week costs what happened in that week; a server that is away for a while is waited for; nothing about the
 * migration changes because somebody stops waiting.
 */
import type { StatusView } from '#domain/migration/status-view.ts';
import { delay } from '../delay.ts';
import { NoWorkerError, TemporalUnreachableError } from '../errors.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { readSighting, readView } from './read-status.ts';
import { isOpen, type MigrationSnapshot, type Sighting } from './snapshot.ts';

/** What the waiter is shown after every change. `view` is null while no worker answers. */
export interface Progress {
  readonly snapshot: MigrationSnapshot;
  readonly view: StatusView | null;
}

export interface WaitOptions {
  /** `end`: through gates to the end; `gate`: also return when a gate waits for people. @default end */
  readonly until?: 'end' | 'gate';
  /** Give up after this long, milliseconds. @default never */
  readonly timeoutMs?: number;
  /** Between two looks, milliseconds. @default 1000 */
  readonly intervalMs?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Called once each time the connection or the workers stop answering. */
  readonly onSilence?: (because: NoWorkerError | TemporalUnreachableError) => void;
  /** Stop waiting; the migration goes on. */
  readonly signal?: AbortSignal;
}

/** Why the waiting ended. `stopped`: by the caller's signal. A halt always ends it: it needs people. */
type WaitEnd = 'ended' | 'gate' | 'halted' | 'timed-out' | 'stopped';

export interface WaitResult extends Progress {
  readonly end: WaitEnd;
}

/** How long one look at the workflow may take; its failure is not the end of the wait. */
const LOOK_DEADLINE_MS = 5_000;

/** Throws `MigrationNotFoundError`, and `TemporalUnreachableError` where Temporal was away at the first look. */
export async function waitForMigration(
  access: TemporalAccess,
  workflowId: string,
  options: WaitOptions = {},
): Promise<WaitResult> {
  const watch = new Watch(access, workflowId, options);
  const deadline = Date.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
  for (;;) {
    const progress = await watch.look();
    const end = endOf(progress.snapshot, options.until ?? 'end');
    if (end !== null) return { end, ...progress };
    if (options.signal?.aborted === true) return { end: 'stopped', ...progress };
    if (Date.now() >= deadline) return { end: 'timed-out', ...progress };
    await delay(
      Math.min(options.intervalMs ?? 1_000, Math.max(0, deadline - Date.now())),
      options.signal,
    );
  }
}

function endOf(snapshot: MigrationSnapshot, until: 'end' | 'gate'): WaitEnd | null {
  if (!isOpen(snapshot)) return 'ended';
  if (snapshot.activity === 'halted') return 'halted';
  return until === 'gate' && snapshot.gate !== null ? 'gate' : null;
}

/** One watcher's memory: the last event seen, the last view, and whether the silence was reported. */
class Watch {
  readonly #access: TemporalAccess;
  readonly #workflowId: string;
  readonly #options: WaitOptions;
  #sighting: Sighting | null = null;
  #viewedMark = '';
  #shownMark = '';
  #view: StatusView | null = null;
  #silent = false;

  constructor(access: TemporalAccess, workflowId: string, options: WaitOptions) {
    this.#access = access;
    this.#workflowId = workflowId;
    this.#options = options;
  }

  async look(): Promise<Progress> {
    const { snapshot, mark } = await this.#sight();
    if (mark !== this.#viewedMark) {
      const view = await this.#queryView();
      if (view !== null) {
        this.#view = view;
        this.#viewedMark = mark;
      }
    }
    const fresh = mark === this.#viewedMark ? this.#view : null;
    const progress = { snapshot, view: fresh };
    const shown = `${mark} ${fresh === null ? 'unseen' : 'seen'}`;
    if (shown !== this.#shownMark) this.#options.onProgress?.(progress);
    this.#shownMark = shown;
    return progress;
  }

  async #sight(): Promise<Sighting> {
    try {
      this.#sighting = await readSighting(this.#access, this.#workflowId);
      return this.#sighting;
    } catch (cause) {
      if (!(cause instanceof TemporalUnreachableError) || this.#sighting === null) throw cause;
      this.#reportSilence(cause);
      return this.#sighting;
    }
  }

  async #queryView(): Promise<StatusView | null> {
    try {
      const view = await readView(this.#access, this.#workflowId, {
        deadlineMs: LOOK_DEADLINE_MS,
      });
      this.#silent = false;
      return view;
    } catch (cause) {
      if (!(cause instanceof NoWorkerError) && !(cause instanceof TemporalUnreachableError))
        throw cause;
      this.#reportSilence(cause);
      return null;
    }
  }

  #reportSilence(because: NoWorkerError | TemporalUnreachableError): void {
    if (!this.#silent) this.#options.onSilence?.(because);
    this.#silent = true;
  }
}
