/**
 * What commander gives a command, by option; the definitions are in `cli.ts`. Kept apart so that commands do not load
 * commander.
 */
import type { GateName } from '#domain/migration/phases.ts';
import type { Format } from '../show/output.ts';

export interface OutputOptions {
  readonly output: Format;
  readonly color: boolean;
}

export interface WaitingOptions {
  readonly wait?: boolean;
  readonly until?: 'gate' | 'end';
  /** Milliseconds: of the whole wait, or of one answer where nobody waits. */
  readonly timeout?: number;
}

export interface SenderOptions extends OutputOptions, WaitingOptions {
  readonly by?: string;
  readonly id?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

export interface GateOptions extends SenderOptions {
  readonly gate?: GateName;
}
