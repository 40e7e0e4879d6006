import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type {
  MigrationState,
  OutcomeName,
  PhaseRecord,
  RouteWeight,
  StepRecord,
} from './migration-state.ts';
import { handOverOf, type HandOver } from '#domain/traffic/hand-over.ts';
import type { Decision } from './messages.ts';
import {
  GATES,
  PHASES,
  PHASE_SENTENCES,
  type Activity,
  type GateName,
  type PhaseName,
} from './phases.ts';
import { describeRehearsal } from '#domain/traffic/rehearsal.ts';
import { greenWeightPercent } from '#domain/traffic/traffic-plan.ts';
import { waitOf } from './wait-of.ts';

/**
 * What people and machines are shown of a migration: the `status` query, `cutover status`, and the details of the
 * Temporal UI are all this one view, so that they never disagree. JSON-stable.
 */
export interface StatusView {
  readonly workflowId: string;
  readonly migrationId: string;
  readonly plan: string;
  readonly requestedBy: string;
  readonly startedAt: string;
  readonly activity: Activity;
  readonly greenWeightPercent: number;
  readonly routes: readonly ({ readonly id: string } & RouteWeight)[];
  readonly steps: readonly StepRecord[];
  /** What the rehearsed rollback measured, in one line; null before it. */
  readonly rehearsal: string | null;
  readonly phases: readonly ({ readonly name: PhaseName } & PhaseRecord)[];
  readonly gate: {
    readonly name: GateName;
    readonly approvals: readonly string[];
    readonly quorum: number;
    readonly expiresAt: string | null;
    readonly status: string;
  } | null;
  readonly paused: { readonly by: string; readonly reason: string } | null;
  readonly halted: string | null;
  readonly stop: { readonly kind: string; readonly by: string; readonly reason: string } | null;
  readonly committedAt: string | null;
  readonly outcome: OutcomeName | null;
  /** One sentence: what the run is waiting for; empty when it is working. */
  readonly waitingFor: string;
  /** The exact commands that answer it. */
  readonly commands: readonly string[];
  /** What the owners of the routes must change once green serves; empty before commit and after a rollback. */
  readonly handOver: readonly HandOver[];
  readonly decisions: readonly Decision[];
  readonly malformedSignals: number;
}

/** The view of a state. */
export function statusView(state: MigrationState, spec: MigrationPlan['spec']): StatusView {
  const activity = activityOf(state);
  const gateName = GATES.find((name) => isWaiting(state, name)) ?? null;
  const gate = gateName === null ? undefined : state.gates[gateName];
  return {
    workflowId: state.workflowId,
    migrationId: state.migrationId,
    plan: state.planName,
    requestedBy: state.requestedBy,
    startedAt: state.startedAt,
    activity,
    greenWeightPercent: greenWeightPercent(state),
    routes: Object.entries(state.weights).map(([id, weight]) => ({ id, ...weight })),
    steps: state.steps,
    rehearsal: state.rehearsal === undefined ? null : describeRehearsal(state.rehearsal),
    phases: PHASES.flatMap((name) => {
      const record = state.phases[name];
      return record === undefined ? [] : [{ name, ...record }];
    }),
    gate:
      gateName === null || gate === undefined
        ? null
        : {
            name: gateName,
            approvals: gate.approvals.map((approval) => approval.by),
            quorum: spec.gates[gateName].quorum,
            expiresAt: gate.expiresAt,
            status: gate.status,
          },
    paused: state.paused,
    halted: state.halted?.reason ?? null,
    stop:
      state.stop === null
        ? null
        : { kind: state.stop.kind, by: state.stop.by, reason: state.stop.reason },
    committedAt: state.committed?.at ?? null,
    outcome: state.outcome,
    ...waitOf(state, gateName),
    handOver: handOverOf(state),
    decisions: state.decisions,
    malformedSignals: state.malformed?.count ?? 0,
  };
}

/** What the run is doing now. */
export function activityOf(state: MigrationState): Activity {
  if (state.outcome !== null) return 'ended';
  if (state.halted !== null) return 'halted';
  if (state.rollingBackSince !== null || state.stop !== null) return 'rolling-back';
  const gate = GATES.find((name) => isWaiting(state, name));
  if (gate !== undefined) return `gate:${gate}`;
  return (
    PHASES.find((name) => state.phases[name]?.status === 'running') ??
    PHASES.find((name) => state.phases[name] === undefined) ??
    'retire'
  );
}

/** Markdown for the Temporal UI. */
export function describeStatus(view: StatusView): string {
  const lines = [
    `**${view.activity}** — ${sentenceOf(view)}`,
    '',
    `Green has **${view.greenWeightPercent} %** of new requests.`,
  ];
  for (const route of view.routes)
    lines.push(
      `- route \`${route.id}\`: intended ${route.intended} %, read back ${route.readBack ?? '–'} %, observed ${observed(route)}`,
    );
  if (view.rehearsal !== null) lines.push(`- ${view.rehearsal}`);
  if (view.paused !== null) lines.push('', `Paused by ${view.paused.by}: ${view.paused.reason}`);
  if (view.halted !== null) lines.push('', `Halted: ${view.halted}`);
  if (view.stop !== null)
    lines.push('', `Stop (${view.stop.kind}) by ${view.stop.by}: ${view.stop.reason}`);
  if (view.waitingFor !== '') lines.push('', `Waiting for ${view.waitingFor}.`);
  if (view.commands.length > 0) lines.push('', '```', ...view.commands, '```');
  return lines.join('\n');
}

function sentenceOf(view: StatusView): string {
  const phase = PHASES.find((name) => name === view.activity);
  if (phase !== undefined) return PHASE_SENTENCES[phase];
  if (view.outcome !== null) return view.outcome;
  if (view.activity === 'halted') return 'people decide; the reason of the halt says on what';
  return view.gate === null
    ? 'bringing everything back to blue'
    : `waiting for people: ${view.gate.approvals.length} of ${view.gate.quorum} approvals`;
}

function observed(route: RouteWeight): string {
  return route.observed === null ? '–' : `${route.observed.toFixed(1)} %`;
}

function isWaiting(state: MigrationState, name: GateName): boolean {
  const gate = state.gates[name];
  return gate !== undefined && gate.status !== 'approved' && state.stop === null;
}
