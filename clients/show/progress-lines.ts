/**
 * A migration as lines of a log: what changed between two looks, one line per fact. For where no screen can be
 * redrawn (CI, pipes). Pure.
 */
import { PHASES, PHASE_SENTENCES } from '#domain/migration/phases.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import { plain } from './output.ts';

/** What is new in `now`; of nothing before, everything that matters. */
export function progressLines(before: StatusView | null, now: StatusView): readonly string[] {
  return [
    ...phaseLines(before, now),
    ...weightLines(before, now),
    ...stepLines(before, now),
    ...peopleLines(before, now),
  ];
}

function phaseLines(before: StatusView | null, now: StatusView): string[] {
  const lines: string[] = [];
  for (const phase of now.phases) {
    const earlier = before?.phases.find(({ name }) => name === phase.name);
    if (earlier?.status === phase.status) continue;
    // A watcher who has just come is told where it stands, not how it came there.
    if (phase.status !== 'running' && before !== null) lines.push(`${phase.name}: ${phase.status}`);
  }
  if (before?.activity === now.activity) return lines;
  const running = PHASES.find((name) => name === now.activity);
  if (running !== undefined) lines.push(`${running}: ${PHASE_SENTENCES[running]}`);
  else if (now.outcome !== null) lines.push(`ended: ${now.outcome}`);
  else if (now.activity === 'rolling-back')
    lines.push('rolling back: bringing everything back to blue');
  return lines;
}

function weightLines(before: StatusView | null, now: StatusView): string[] {
  return now.routes.flatMap((route) => {
    const earlier = before?.routes.find(({ id }) => id === route.id);
    const same =
      earlier !== undefined &&
      earlier.intended === route.intended &&
      earlier.readBack === route.readBack;
    if (same) return [];
    return [
      `route ${plain(route.id)}: green ${route.readBack ?? '–'} % (intended ${route.intended} %)`,
    ];
  });
}

function stepLines(before: StatusView | null, now: StatusView): string[] {
  return now.steps.flatMap((step, index) => {
    const earlier = before?.steps[index];
    const proven = step.observedPercent !== null && (earlier?.observedPercent ?? null) === null;
    const done = step.doneAt !== null && (earlier?.doneAt ?? null) === null;
    if (before === null && done) return [];
    const name = `step ${plain(step.group)} ${step.percent} %`;
    const seen =
      step.observedPercent === null
        ? ''
        : step.requests === null
          ? ': people say that users follow'
          : `: ${step.observedPercent.toFixed(1)} % of ${step.requests} requests reached green`;
    if (done) return [`${name} done${proven ? seen : ''}`];
    return proven ? [`${name}${seen}`] : [];
  });
}

function peopleLines(before: StatusView | null, now: StatusView): string[] {
  const lines: string[] = [];
  const { gate, paused, halted, stop } = now;
  if (stop !== null && before?.stop?.kind !== stop.kind)
    lines.push(`${stop.kind} by ${plain(stop.by)}: ${plain(stop.reason)}`);
  if (halted !== null && before?.halted !== halted) lines.push(`halted: ${plain(halted)}`);
  if (paused !== null && (before?.paused ?? null) === null)
    lines.push(`paused by ${plain(paused.by)}: ${plain(paused.reason)}`);
  if (paused === null && before !== null && before.paused !== null) lines.push('resumed');
  if (
    gate !== null &&
    (before?.gate?.name !== gate.name ||
      before.gate.approvals.length !== gate.approvals.length ||
      before.gate.status !== gate.status)
  )
    lines.push(
      `gate ${gate.name} ${gate.status}: ${gate.approvals.length} of ${gate.quorum} approvals${gate.expiresAt === null ? '' : `, until ${gate.expiresAt}`}`,
    );
  if (now.waitingFor !== '' && before?.waitingFor !== now.waitingFor)
    for (const command of now.commands) lines.push(`  answer with: ${command}`);
  return lines;
}
