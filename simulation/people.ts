import { isFields } from '#domain/json/json-fields.ts';
import type { Message, Verb } from '#domain/migration/messages.ts';
import type { GateName } from '#domain/migration/phases.ts';
import type { Notice } from '#activities/contract.ts';
import type { Observation } from './observations.ts';
import type { Random } from './random.ts';
import type { Server } from './server.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * People: they answer notices after a while, mostly sensibly, sometimes twice; they send an update again when the run moved on
 * under it; and somebody comes by now and then to look whether the run waits for anybody, because a notice may never arrive.
 */
interface Parts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly server: () => Server;
  readonly observe: (observation: Observation) => void;
  /** They approve every gate after this time, and say nothing else; null: they are people. */
  readonly approveAfterMs: number | null;
  /** Where somebody who is not Cutover wrote a route, all its users go to this side again. */
  readonly putRight: (side: 'blue' | 'green') => void;
  readonly notices: () => readonly { readonly notice: Notice }[];
}

export const REQUESTER = 'requester';
const APPROVERS = ['ada', 'grace', 'edsger', 'barbara'] as const;
const COMES_BY_EVERY_MS = 20 * 60_000;
const SENDS_AGAIN_AFTER_MS = 200;

export class People {
  readonly #parts: Parts;
  readonly #random: Random;
  #messages = 0;
  #visits = 0;
  #read = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#random = parts.random;
    if (parts.approveAfterMs === null) this.#comeBy();
  }

  /** Reads what came since the last time. */
  listen(): void {
    const notices = this.#parts.notices();
    for (const { notice } of notices.slice(this.#read)) this.#hear(notice);
    this.#read = notices.length;
  }

  #hear({ event, command }: Pick<Notice, 'event' | 'command'>): void {
    switch (event) {
      case 'gate-waiting':
        this.#answerGate(command.includes('--gate retire') ? 'retire' : 'shift');
        return;
      case 'undo-failing':
      case 'retire-failing':
        this.#parts.time.after(this.#random.whole(10_000, 600_000), () =>
          this.#parts.putRight(event === 'undo-failing' ? 'blue' : 'green'),
        );
        return;
      case 'halted':
        this.#answerHalt();
        return;
      default:
    }
  }

  /** Somebody says something, as an update or as a signal. */
  say(verb: Verb, words: Partial<Message> = {}, times = 1): void {
    this.#messages += 1;
    const message: Message = {
      id: `message-${this.#messages}`,
      by: this.#random.pick(APPROVERS),
      ...words,
    };
    this.#parts.observe({ atMs: this.#parts.time.nowMs(), kind: 'said', verb, message });
    for (let sent = 0; sent < times; sent += 1)
      if (this.#random.chance(0.5)) this.#parts.server().signal(verb, message);
      else this.#send(verb, message);
  }

  #send(verb: Verb, message: Message): void {
    const { time, observe, server } = this.#parts;
    server().update(verb, message.id, message, (answer) => {
      if (answer.kind === 'gone') {
        time.after(SENDS_AGAIN_AFTER_MS, () => {
          if (server().closed === null) this.#send(verb, message);
        });
        return;
      }
      const accepted =
        answer.kind === 'answered' && isFields(answer.value) && answer.value['accepted'] === true;
      observe({ atMs: time.nowMs(), kind: 'answered', verb, message, accepted });
    });
  }

  #answerGate(gate: GateName): void {
    const { time, approveAfterMs } = this.#parts;
    const random = this.#random;
    if (approveAfterMs !== null) {
      if (approveAfterMs === 0) this.say('approve', { gate });
      else time.after(approveAfterMs, () => this.say('approve', { gate }));
      return;
    }
    if (random.chance(0.06)) return;
    const inMs = random.pick([50, 5_000, 40_000, 200_000]);
    if (random.chance(0.06)) {
      time.after(inMs, () => this.say('reject', { gate, reason: 'not today' }));
      return;
    }
    // Whoever asked for it may not grant it; a quorum is of different people.
    if (random.chance(0.3)) time.after(inMs, () => this.say('approve', { gate, by: REQUESTER }));
    time.after(inMs + 1_000, () => this.#approveAll(gate));
  }

  #approveAll(gate: GateName): void {
    for (const by of APPROVERS.slice(0, 2)) {
      const times = this.#random.chance(0.3) ? 2 : 1;
      this.#parts.time.after(this.#random.whole(0, 3_000), () =>
        this.say('approve', { gate, by }, times),
      );
    }
  }

  #answerHalt(): void {
    const random = this.#random;
    const answer = random.pick([
      'resume',
      'resume',
      'resume',
      'rollback',
      'abort',
      'force',
      'nothing',
    ] as const);
    this.#parts.time.after(random.whole(500, 120_000), () => {
      if (answer === 'force') this.say('rollback', { force: true, reason: 'we take the risk' });
      else if (answer !== 'nothing') this.say(answer);
    });
  }

  /** Ends what waits for people, firmly when it has been seen before. */
  #comeBy(): void {
    const { time, server } = this.#parts;
    time.after(COMES_BY_EVERY_MS, async () => {
      if (server().closed !== null) return;
      this.#visits += 1;
      const status = await server().query('status');
      if (isFields(status)) this.#actOn(status);
      this.#comeBy();
    });
  }

  #actOn(status: Readonly<Record<string, unknown>>): void {
    if (this.#visits > 12) this.say('rollback', { force: true, reason: 'enough' });
    else if (typeof status['halted'] === 'string') {
      if (this.#visits % 3 === 0)
        this.say('rollback', { force: true, reason: 'it lasts too long' });
      else this.say('resume');
    } else if (isFields(status['paused'])) this.say('resume');
    else if (isFields(status['gate']))
      this.#approveAll(status['gate']['name'] === 'retire' ? 'retire' : 'shift');
  }
}
