/**
 * Shows how the set-up gets on: a list with spinners on a terminal, plain lines with the seconds elsewhere, so that a build
 * log of some minutes neither fills up nor looks hung. Lines say nothing of tools that are there already.
 */
import { Listr } from 'listr2';
import { assertNever } from '#domain/assert-never.ts';
import type { ToolEvent, ToolName, ToolReport } from './tool.ts';

export interface ProgressView {
  readonly report: ToolReport;
  /** To be called when the set-up has ended, well or not. */
  close(): Promise<void>;
}

export function showProgress(names: readonly ToolName[], stream: NodeJS.WriteStream): ProgressView {
  return stream.isTTY ? listView(names) : lineView((line) => stream.write(`${line}\n`));
}

export function lineView(write: (line: string) => void): ProgressView {
  const startedAt = performance.now();
  return {
    report: (event) => {
      if (event.kind === 'present') return;
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      write(`[${String(seconds).padStart(4)} s] ${event.tool}: ${describe(event)}`);
    },
    close: () => Promise.resolve(),
  };
}

function describe(event: ToolEvent): string {
  switch (event.kind) {
    case 'present':
      return `${event.version} is there`;
    case 'step':
      return event.message;
    case 'installed':
      return `${event.version} ready (${event.from}, ${String(event.seconds)} s)`;
    case 'failed':
      return 'could not be had';
    default:
      return assertNever(event);
  }
}

interface Row {
  readonly settled: PromiseWithResolvers<undefined>;
  show: (event: ToolEvent) => void;
}

function listView(names: readonly ToolName[]): ProgressView {
  const rows = new Map<ToolName, Row>(
    names.map((name) => [name, { settled: Promise.withResolvers(), show: () => undefined }]),
  );
  const list = new Listr<object>(
    [...rows].map(([name, row]) => ({
      title: name,
      task: (_context, task) => {
        row.show = (event) => {
          if (event.kind === 'step') task.output = describe(event);
          else task.title = `${name}: ${describe(event)}`;
        };
        return row.settled.promise;
      },
    })),
    { concurrent: true, exitOnError: false },
  );
  const shown = list.run();

  return {
    report: (event) => {
      const row = rows.get(event.tool);
      if (row === undefined) return;
      row.show(event);
      if (event.kind === 'failed') row.settled.reject(new Error(describe(event)));
      else if (event.kind !== 'step') row.settled.resolve(undefined);
    },
    close: async () => {
      for (const row of rows.values()) row.settled.resolve(undefined);
      await shown;
    },
  };
}
