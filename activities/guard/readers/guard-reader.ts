import type { Guardrail } from '#domain/guard/guardrail-rules.ts';
import type { Observation } from '#domain/guard/observations.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { GuardInput } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';

/** How one kind of guardrail is read at a look: each kind has a file of its own beside this one. */

export type Metric = Observation['metric'];

/** A guardrail of this kind and its position in the plan. */
export interface Asked<Kind extends Metric = Metric> {
  readonly index: number;
  readonly guardrail: Extract<Guardrail, { readonly metric: Kind }>;
}

/** What one guardrail saw, or what of it could not be read, by name: missing data is never fine (I4). */
export type Seen =
  | { readonly index: number; readonly observation: Observation }
  | { readonly index: number; readonly unread: string };

export interface Look {
  readonly tools: Tools;
  readonly input: GuardInput;
  readonly run: ActivityRun;
}

/** Reads all guardrails of its kind at once. A failure makes all of them unread. */
export type GuardReader<Kind extends Metric> = (
  look: Look,
  asked: readonly Asked<Kind>[],
) => Promise<readonly Seen[]>;
