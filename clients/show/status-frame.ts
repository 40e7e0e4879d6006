/**
 * A migration on one screen: the story with its gates, the weights as a picture, what it waits for and the commands
 * that answer. Pure: a view and a time in, text out.
 */
import { assertNever } from '#domain/assert-never.ts';
import { formatDurationSeconds } from '#domain/plan/durations.ts';
import type { PhaseRecord } from '#domain/migration/migration-state.ts';
import {
  PHASES,
  PHASE_SENTENCES,
  type GateName,
  type PhaseName,
} from '#domain/migration/phases.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import { GATE_BEFORE } from './gate-before.ts';
import { plain, type Colors } from './output.ts';
import { indented, table } from './table.ts';
import { weightBar } from './weight-bar.ts';

const NEWEST_DECISIONS = 5;

/** @param nowMs epoch milliseconds; for durations of what is still going on */
export function statusFrame(view: StatusView, nowMs: number, colors: Colors): string {
  const sections = [
    heading(view, colors),
    indented(story(view, nowMs, colors)),
    indented(weights(view, colors)),
    indented(news(view, colors)),
    indented(handOver(view, colors)),
    indented(decisions(view, colors)),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function heading(view: StatusView, colors: Colors): string {
  const state = view.outcome ?? view.activity;
  return [
    `${colors.bold(plain(view.workflowId))}  ${stateColor(view, colors)(state)}`,
    colors.dim(
      `plan ${plain(view.plan)}, attempt ${view.migrationId}, requested by ${plain(view.requestedBy)}, started ${view.startedAt}`,
    ),
  ].join('\n');
}

function stateColor(view: StatusView, colors: Colors) {
  if (view.outcome === 'completed') return colors.green;
  if (view.outcome !== null || view.halted !== null || view.stop !== null) return colors.red;
  return view.waitingFor === '' ? colors.cyan : colors.yellow;
}

function story(view: StatusView, nowMs: number, colors: Colors): string {
  const records = new Map(view.phases.map((phase) => [phase.name, phase]));
  return PHASES.flatMap((name) => {
    const gate = GATE_BEFORE[name];
    const lines = gate === undefined ? [] : [gateLine(view, gate, records.has(name), colors)];
    return [...lines, phaseLine(view, name, records.get(name), nowMs, colors)];
  }).join('\n');
}

function phaseLine(
  view: StatusView,
  name: PhaseName,
  record: PhaseRecord | undefined,
  nowMs: number,
  colors: Colors,
): string {
  const label = name.padEnd(12);
  if (record === undefined) return colors.dim(`· ${name}`);
  const took = formatDurationSeconds(
    Math.round(
      ((record.endedAt === null ? nowMs : Date.parse(record.endedAt)) -
        Date.parse(record.startedAt)) /
        1000,
    ),
  );
  switch (record.status) {
    case 'running':
      return view.outcome === null && view.stop === null
        ? `${colors.cyan('▸')} ${colors.bold(label)} ${took.padEnd(8)} ${PHASE_SENTENCES[name]}`
        : `${colors.red('✖')} ${label} ${colors.dim('cut short')}`;
    case 'done':
      return `${colors.green('✔')} ${label} ${colors.dim(took)}`;
    case 'skipped':
      return `${colors.dim('–')} ${label} ${colors.dim(`skipped${because(record)}`)}`;
    case 'not-configured':
      return `${colors.dim('–')} ${label} ${colors.dim(`not configured${because(record)}`)}`;
    default:
      return assertNever(record.status);
  }
}

function because(record: PhaseRecord): string {
  const { why } = record.facts;
  return typeof why === 'string' ? `: ${plain(why)}` : '';
}

function gateLine(view: StatusView, name: GateName, passed: boolean, colors: Colors): string {
  const label = `gate ${name}`.padEnd(12);
  if (view.gate?.name === name) {
    const { approvals, quorum, expiresAt, status } = view.gate;
    const by = approvals.length === 0 ? '' : ` (${approvals.map((who) => plain(who)).join(', ')})`;
    const until = expiresAt === null ? '' : `, until ${expiresAt}`;
    const held = status === 'open' ? '' : `${status}, `;
    return `${colors.yellow('◆')} ${colors.bold(label)} ${colors.yellow(`${held}${approvals.length} of ${quorum} approvals${by}${until}`)}`;
  }
  return passed ? `${colors.green('◆')} gate ${name}` : colors.dim(`◇ gate ${name}`);
}

function weights(view: StatusView, colors: Colors): string {
  if (view.routes.length === 0)
    return `${weightBar(0, colors)}  ${colors.dim('no user has met green')}`;
  const rows = view.routes.map((route) => [
    plain(route.id),
    weightBar(route.readBack ?? route.intended, colors),
    `green ${route.readBack ?? '–'} %`,
    colors.dim(
      `intended ${route.intended} %, observed ${route.observed === null ? '–' : `${route.observed.toFixed(1)} %`}`,
    ),
  ]);
  const routes = table(['route', 'traffic', '', ''], rows, colors);
  return view.rehearsal === null ? routes : `${routes}\n\n${colors.dim(view.rehearsal)}`;
}

function news(view: StatusView, colors: Colors): string {
  const lines: string[] = [];
  if (view.paused !== null)
    lines.push(colors.yellow(`paused by ${plain(view.paused.by)}${reason(view.paused.reason)}`));
  if (view.halted !== null) lines.push(colors.red(`halted: ${plain(view.halted)}`));
  if (view.stop !== null)
    lines.push(
      colors.red(`${view.stop.kind} by ${plain(view.stop.by)}${reason(view.stop.reason)}`),
    );
  if (view.committedAt !== null && view.outcome === null)
    lines.push(colors.yellow(`committed at ${view.committedAt}: there is no way back to blue`));
  if (view.malformedSignals > 0)
    lines.push(colors.yellow(`${view.malformedSignals} signals could not be applied`));
  if (view.waitingFor !== '') lines.push(`waiting for ${plain(view.waitingFor)}; answer with`);
  for (const command of view.commands) lines.push(`  ${colors.bold(command)}`);
  return lines.join('\n');
}

function reason(text: string): string {
  return text === '' ? '' : `: ${plain(text)}`;
}

/** Lines of a screen; the rest is in `-o json`. */
const MOST_HANDED_OVER = 10;

function handOver(view: StatusView, colors: Colors): string {
  if (view.handOver.length === 0) return '';
  const lines = view.handOver
    .slice(0, MOST_HANDED_OVER)
    .map(
      ({ sentence, owner }) =>
        `- ${plain(owner === null ? sentence : `${owner}: ${sentence}`, 600)}`,
    );
  const left = view.handOver.length - lines.length;
  const more = left > 0 ? [`- and ${left} more in -o json`] : [];
  return [colors.yellow('the owners of the routes must now change'), ...lines, ...more].join('\n');
}

function changed(diff: readonly string[] | undefined): string {
  return diff === undefined ? '' : ` (${plain(diff.join('; '))})`;
}

function decisions(view: StatusView, colors: Colors): string {
  return view.decisions
    .slice(-NEWEST_DECISIONS)
    .map((decision) =>
      colors.dim(
        `${decision.at}  ${decision.verb}${decision.gate === undefined ? '' : ` ${decision.gate}`} by ${plain(decision.by)}${reason(decision.reason)}${changed(decision.diff)}`,
      ),
    )
    .join('\n');
}
