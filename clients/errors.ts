import { EXIT, type ExitCode } from './exit-codes.ts';

/**
 * What can go wrong between a person and a migration. Each says what failed and on which resource (`message`) and the
 * next move (`next`); the command line prints both and never a stack. Callers tell them apart by class.
 */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
  readonly exitCode: ExitCode;
  /** One sentence; empty where there is nothing to do. */
  readonly next: string;

  constructor(
    message: string,
    options: { readonly next: string; readonly exitCode?: ExitCode; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.next = options.next;
    this.exitCode = options.exitCode ?? EXIT.error;
  }
}

/** The command cannot be carried out as it was written. */
export class UsageError extends ClientError {
  override readonly name = 'UsageError';

  constructor(message: string, next: string) {
    super(message, { next, exitCode: EXIT.usage });
  }
}

/** The Temporal server cannot be reached or does not let us in. */
export class TemporalUnreachableError extends ClientError {
  override readonly name = 'TemporalUnreachableError';
  readonly address: string;

  constructor(address: string, reason: string, cause: unknown, exitCode: ExitCode = EXIT.error) {
    super(`cannot reach Temporal at ${address}: ${reason}`, {
      exitCode,
      next: 'start Temporal, or point TEMPORAL_ADDRESS (TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE) at it; `cutover doctor` checks the rest',
      cause,
    });
    this.address = address;
  }
}

/** Temporal is there, but no worker answered for the migration. */
export class NoWorkerError extends ClientError {
  override readonly name = 'NoWorkerError';
  readonly queue: string;
  /** Null: Temporal has seen no poller of the queue lately. */
  readonly lastPollSecondsAgo: number | null;

  constructor(queue: string, lastPollSecondsAgo: number | null, deadlineMs: number) {
    const message =
      lastPollSecondsAgo === null
        ? `no worker polls queue ${queue}`
        : `no worker of queue ${queue} answered within ${deadlineMs / 1000} s (its last poll began ${lastPollSecondsAgo} s ago)`;
    super(message, {
      next: 'start one with `cutover worker`, then repeat the command (the same --id is applied once)',
      exitCode: EXIT.timedOut,
    });
    this.queue = queue;
    this.lastPollSecondsAgo = lastPollSecondsAgo;
  }
}

/** No migration is meant by what the person wrote. */
export class MigrationNotFoundError extends ClientError {
  override readonly name = 'MigrationNotFoundError';
  readonly target: string;

  constructor(target: string, reason: string) {
    super(reason, { next: '`cutover list --all` shows the migrations of this namespace' });
    this.target = target;
  }
}

/** What the person wrote means several migrations. */
export class AmbiguousTargetError extends ClientError {
  override readonly name = 'AmbiguousTargetError';
  readonly candidates: readonly string[];

  constructor(target: string | undefined, candidates: readonly string[]) {
    const which =
      target === undefined ? 'several migrations run' : `several migrations match "${target}"`;
    super(`${which}: ${candidates.join(', ')}`, {
      next: 'name one by its workflow id',
      exitCode: EXIT.usage,
    });
    this.candidates = candidates;
  }
}

/** Another plan is being carried out on this blue cluster. */
export class OtherPlanRunsError extends ClientError {
  override readonly name = 'OtherPlanRunsError';
  readonly workflowId: string;
  readonly runningDigest: string;

  constructor(workflowId: string, running: { readonly digest: string; readonly plan: string }) {
    super(
      `${workflowId} is running another plan (${running.plan}, digest ${running.digest.slice(0, 12)}…)`,
      {
        next: `wait for it (\`cutover status ${workflowId} --watch\`), or end it with \`cutover abort ${workflowId}\` and start again`,
      },
    );
    this.workflowId = workflowId;
    this.runningDigest = running.digest;
  }
}

/** Another migration moves a route of this plan. */
export class SharedPlaceError extends ClientError {
  override readonly name = 'SharedPlaceError';
  readonly workflowId: string;
  readonly place: string;

  constructor(workflowId: string, place: string) {
    super(`${workflowId} is moving a route of this plan: ${place}`, {
      next: `wait for it (\`cutover status ${workflowId} --watch\`), end it with \`cutover abort ${workflowId}\`, or take the route out of this plan`,
    });
    this.workflowId = workflowId;
    this.place = place;
  }
}
