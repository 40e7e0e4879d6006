/**
 * Shows a migration while somebody waits for it: a redrawn screen on a terminal, one line per change elsewhere.
 * Ctrl-C ends the waiting, never the migration. Called by every verb that waits, and by `status --watch`.
 */
import { assertNever } from '#domain/assert-never.ts';
import type { MigrationClient } from '../migration-client.ts';
import type { Progress, WaitResult } from '../migrations/wait-for-migration.ts';
import { EXIT, exitCodeOfOutcome, type ExitCode } from '../exit-codes.ts';
import { LiveScreen } from '../show/live-screen.ts';
import type { Output } from '../show/output.ts';
import { progressLines } from '../show/progress-lines.ts';
import { snapshotFrame } from '../show/snapshot-frame.ts';
import { statusFrame } from '../show/status-frame.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import type { WaitingOptions } from './options.ts';

export interface Followed {
  readonly result: WaitResult;
  readonly code: ExitCode;
  /** The last frame stands on the terminal already. */
  readonly drawn: boolean;
}

/** Waits for `workflowId` and shows it on stderr. */
export async function follow(
  client: MigrationClient,
  workflowId: string,
  output: Output,
  options: WaitingOptions & {
    /** Shows the changes instead of us; silences are still told on stderr. */
    readonly onProgress?: (progress: Progress) => void;
  },
): Promise<Followed> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const drawn = process.stderr.isTTY && output.format === 'table';
  const viewer = drawn ? screen(output) : log(output);
  try {
    const result = await client.wait(workflowId, {
      until: options.until ?? 'end',
      ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }),
      signal: stop.signal,
      onProgress: options.onProgress ?? ((progress) => viewer.show(progress)),
      onSilence: (because) => viewer.note(`${because.message}; still waiting. ${because.next}`),
    });
    viewer.end();
    if (result.end === 'stopped')
      output.say(`the migration goes on; watch it with: cutover status ${workflowId} --watch`);
    return { result, code: exitCodeOf(result), drawn };
  } finally {
    viewer.end();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** What the end of a wait means to a shell. A run that ended without an outcome (terminated, failed) is an error. */
function exitCodeOf(result: WaitResult): ExitCode {
  switch (result.end) {
    case 'ended':
      return result.snapshot.outcome === null
        ? EXIT.error
        : exitCodeOfOutcome(result.snapshot.outcome);
    case 'gate':
      return EXIT.waiting;
    case 'halted':
      return EXIT.halted;
    case 'timed-out':
      return EXIT.timedOut;
    case 'stopped':
      return EXIT.interrupted;
    default:
      return assertNever(result.end);
  }
}

interface Viewer {
  show(progress: Progress): void;
  note(text: string): void;
  end(): void;
}

function log(output: Output): Viewer {
  let before: StatusView | null = null;
  const say = (line: string): void => {
    output.say(`${output.messageColors.dim(new Date().toISOString().slice(11, 19))}  ${line}`);
  };
  return {
    show({ view }) {
      if (view === null) return;
      for (const line of progressLines(before, view)) say(line);
      before = view;
    },
    note: say,
    end: () => undefined,
  };
}

function screen(output: Output): Viewer {
  const live = new LiveScreen(process.stderr);
  const colors = output.messageColors;
  let progress: Progress | null = null;
  let note = '';
  const draw = (): void => {
    if (progress === null) return;
    const frame =
      progress.view === null
        ? snapshotFrame(progress.snapshot, null, colors)
        : statusFrame(progress.view, Date.now(), colors);
    live.draw(note === '' ? `${frame}\n` : `${frame}\n\n${colors.yellow(note)}\n`);
  };
  const clock = setInterval(draw, 1_000);
  return {
    show(next) {
      progress = next;
      if (next.view !== null) note = '';
      draw();
    },
    note(text) {
      note = text;
      draw();
    },
    end() {
      clearInterval(clock);
      live.end();
    },
  };
}
