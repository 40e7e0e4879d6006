export type NotifyTarget =
  | { readonly with: 'webhook'; readonly url: string }
  | { readonly with: 'log' };

/** One thing people should know. */
export interface Notice {
  readonly event:
    | 'gate-waiting'
    | 'plan-amended'
    | 'rollback-started'
    | 'rollback-ended'
    | 'halted'
    | 'completed'
    | 'retire-failing'
    | 'undo-failing';
  readonly workflowId: string;
  readonly migrationId: string;
  readonly plan: string;
  readonly text: string;
  /** The exact command that answers it; empty when there is nothing to do. */
  readonly command: string;
}

export interface Notifier {
  /** Fails `unavailable` when the target cannot be told; telling twice is allowed. */
  tell(target: NotifyTarget, notice: Notice, signal: AbortSignal): Promise<void>;
}
