import type { GateName } from '#domain/phases.ts';
import type { Sandbox } from '#sandbox/world/sandbox.ts';

/** One story the demo can tell: what is prepared, how people decide, and which exit code is its documented end. */
export interface Scenario {
  readonly name: string;
  /** Told at the beginning, one or two sentences. */
  readonly tells: string;
  /** The documented exit code (README, "Commands"). */
  readonly exitCode: number;
  /** Breaks what this story breaks; called when users are on blue and nothing has begun. */
  prepare(sandbox: Sandbox): Promise<void>;
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
  };
  readonly rollback: {
    /** First bad answer of green → the guard's verdict. */
    readonly detectedSeconds: number;
    /** First bad answer of green → the last request that went to green. */
    readonly restoredSeconds: number;
    readonly failedRequests: number;
  } | null;
  readonly phases: readonly { readonly name: string; readonly seconds: number }[];
  /** Of all executions together. */
  readonly historyEvents: number;
  readonly seconds: number;
  readonly ui: string;
}
