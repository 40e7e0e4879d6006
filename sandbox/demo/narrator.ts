import pc from 'picocolors';
import { PHASE_SENTENCES, PHASES } from '#domain/migration/phases.ts';
import type { StatusView } from '#domain/migration/status-view.ts';

/** Tells what happens while it happens, one line per change, with the seconds since the beginning. */
export class Narrator {
  readonly #stream: NodeJS.WritableStream;
  readonly #startedMs = performance.now();
  #lastActivity = '';
  #lastSteps = '';

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  say(text: string): void {
    const at = `${Math.round((performance.now() - this.#startedMs) / 1000)} s`.padStart(6);
    this.#stream.write(`${pc.dim(at)}  ${text}\n`);
  }

  /** Says what is new in a status. */
  follow(view: StatusView): void {
    if (view.activity !== this.#lastActivity) {
      this.#lastActivity = view.activity;
      this.say(`${pc.bold(view.activity)}: ${sentenceOf(view)}`);
    }
    const steps = JSON.stringify(view.steps.map((step) => [step.percent, step.observedPercent]));
    if (steps === this.#lastSteps) return;
    this.#lastSteps = steps;
    const step = view.steps.at(-1);
    if (step === undefined) return;
    this.say(
      step.observedPercent === null
        ? `  ${bar(step.percent)} green to ${step.percent} %: written, read back, now asking users' own requests`
        : `  ${bar(step.percent)} ${step.percent} % is true: ${step.observedPercent.toFixed(2)} % of ${step.requests} requests were answered by green`,
    );
  }
}

function sentenceOf(view: StatusView): string {
  const phase = PHASES.find((name) => name === view.activity);
  if (phase !== undefined) return PHASE_SENTENCES[phase];
  if (view.outcome !== null) return `the migration is ${view.outcome}`;
  if (view.activity === 'rolling-back')
    return `everything back to blue, because ${view.stop?.reason ?? 'of a stop'}`;
  if (view.halted !== null) return view.halted;
  return `waits for ${view.waitingFor}: ${view.commands[0] ?? ''}`;
}

function bar(percent: number): string {
  const green = Math.round(percent / 5);
  return pc.green('█'.repeat(green)) + pc.blue('█'.repeat(20 - green));
}
