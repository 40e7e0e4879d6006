import type { GateName } from '#domain/migration/phases.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { Sandbox, SandboxOptions } from '#sandbox/world/sandbox.ts';
import type { Stage } from './stage.ts';

/** One story the demo can tell: what is prepared, how people decide, and which exit code is its documented end. */
export interface Scenario {
  readonly name: string;
  /** Told at the beginning, one or two sentences. */
  readonly tells: string;
  /** The documented exit code (README, "Commands"). */
  readonly exitCode: number;
  /** What its world has besides the ordinary. @default nothing */
  readonly world?: Pick<SandboxOptions, 'sessions' | 'frontDoor'>;
  /** Its plan, a file in `examples/`. @default 1-default.yaml */
  readonly example?: string;
  /** What its plan says otherwise than the example. @default nothing */
  plan?(plan: MigrationPlan): MigrationPlan;
  /** Breaks what this story breaks; called when users are on blue and nothing has begun. */
  prepare(sandbox: Sandbox): Promise<void>;
  /** What happens beside the migration while it runs. @default nothing */
  meanwhile?(stage: Stage): Promise<void>;
  decide(gate: GateName): 'approve' | 'reject';
  /** What must have been true besides the outcome; an empty list is a good end. */
  check(report: DemoReport): readonly string[];
}

/** The last line of `npm run demo -- --json`; stable. Optional parts belong to the scenario that has them. */
export interface DemoReport {
  readonly scenario: string;
  readonly outcome: string;
  readonly reason: string;
  readonly blue: { readonly version: string; readonly exists: boolean };
  readonly green: { readonly version: string; readonly exists: boolean };
  readonly traffic: {
    readonly requests: number;
    readonly failed: number;
    readonly failedAtBlue: number;
    /** Answers by status; `0` counts requests without one. */
    readonly statuses: Readonly<Record<string, number>>;
    /** Requests without an answer, by the code of the failure. */
    readonly unanswered: Readonly<Record<string, number>>;
    /** Users' requests that green answered although its weight was 0 everywhere, after propagation. */
    readonly greenAtWeightZero: number;
    readonly steps: readonly {
      readonly intended: number;
      readonly observed: number | null;
      readonly requests: number | null;
    }[];
  };
  readonly rules: {
    /** Are all rules as they were before, byte by byte? */
    readonly unchanged: boolean;
    /** The greatest weight any rule ever gave green, percent. */
    readonly greatestGreenPercent: number;
    /** Green's weights in percent as the rule was given them, oldest first, whoever gave them. */
    readonly greenPercents: readonly number[];
    /** Did the newest accepted weight leave sessions the right to stick? */
    readonly sticks: boolean;
  };
  /** Where users come in by an Ingress of blue. */
  readonly ingress?: {
    /** Are its annotations, labels and specification as they were before, byte by byte? */
    readonly unchanged: boolean;
  };
  readonly rollback: {
    /** Beginning of the trouble, or green's first bad answer → the guard's verdict, or a person's word; 0 when it came before. */
    readonly detectedSeconds: number;
    /** The same beginning → the last request that went to green. */
    readonly restoredSeconds: number;
    readonly failedRequests: number;
  } | null;
  /** Users' requests that the trouble could touch: what green answered from its beginning to its end. Null without trouble. */
  readonly exposure: {
    readonly requests: number;
    /** Of all users' requests in that time, whoever failed them. */
    readonly failedRequests: number;
    /** From the beginning to the last of these requests. */
    readonly seconds: number;
  } | null;
  /** Why the run halted, each reason once. */
  readonly halts: readonly string[];
  readonly phases: readonly { readonly name: string; readonly seconds: number }[];
  /** Of all executions together. */
  readonly historyEvents: number;
  readonly seconds: number;
  readonly ui: string;
}
