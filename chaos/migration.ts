/** One migration as it runs: what people say of it, when its worker dies, and how it ended. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { migrationClient, type MigrationClient } from '#clients/migration-client.ts';
import { assertNever } from '#domain/assert-never.ts';
import type { Message } from '#domain/migration/messages.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import type { Words } from './count-decisions.ts';
import { followHistory } from './follow-history.ts';
import { HISTORIES, keepHistory } from './keep-history.ts';
import type { Job, KillPoint, SaidMoment } from './kill-points.ts';
import { SAYINGS, STORIES, type Said, type Stage } from './stories.ts';
import { storyPlan } from './story-plan.ts';
import type { LanesTemporal } from './temporal.ts';
import type { Wire } from './wire.ts';
import type { LaneWorker } from './worker-process.ts';
import type { LaneWorld } from './world.ts';
import type { Work } from './works.ts';

const LOOK_EVERY_MS = 1_000;
const STATUS_WITHIN_MS = 5_000;
/** Many deaths of two minutes each fit in. */
const PATIENCE_MS = 40 * 60_000;
const DEATH_PATIENCE_MS = 6 * 60_000;
/** A halt that no story wants. */
const HALT_PATIENCE_MS = 90_000;
const ANSWER_WITHIN_MS = 90_000;
/** Within it a message is on its way. */
const ON_ITS_WAY_MS = 60;

interface Parts {
  readonly namespace: string;
  readonly temporal: LanesTemporal;
  readonly job: Job;
  readonly world: LaneWorld;
  /** Between the worker and Temporal. */
  readonly wire: Wire;
  readonly worker: LaneWorker;
}

export class Migration {
  readonly #parts: Parts;
  readonly #job: Job;
  readonly #worker: LaneWorker;
  readonly #client: Client;
  readonly #migrations: MigrationClient;
  readonly #words: Words[] = [];
  readonly #refusals: string[] = [];
  readonly #answers = new Map<KillPoint, Promise<void>>();
  readonly #untilMs = Date.now() + PATIENCE_MS;
  #workflowId = '';
  #isOver = false;
  /** Why its history cannot be told again, if that is so. */
  #untellable: string | null = null;
  #followed: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    const { namespace, temporal, job, worker } = parts;
    this.#parts = parts;
    this.#job = job;
    this.#worker = worker;
    const { connection, address } = temporal;
    this.#client = new Client({ connection, namespace });
    this.#migrations = migrationClient({ client: this.#client, connection, namespace, address });
  }

  /** Its last status, what went wrong, and what was said. Never rejects because of how it went. */
  async run(): Promise<{
    readonly last: StatusView | null;
    readonly wrongs: readonly string[];
    readonly words: readonly Words[];
  }> {
    const { number, story } = this.#job;
    const told = STORIES[story];
    const plan = await storyPlan(`chaos-${number}`, told);
    const { workflowId, runId } = await this.#migrations.start(plan, { requestedBy: 'chaos' });
    this.#workflowId = workflowId;
    const following = followHistory(
      this.#client,
      { workflowId, runId },
      {
        onAnswer: (work) => this.#answered(work),
        onUntellable: (why) => {
          this.#untellable ??= why;
        },
      },
    );
    this.#followed = following.ended;
    const struck = this.#strike();
    const wrongs: string[] = [];
    let last: StatusView | null;
    try {
      await told.act(this.#stage());
      last = await this.#ended();
    } catch (cause) {
      wrongs.push(cause instanceof Error ? cause.message : String(cause));
      const kept = { directory: HISTORIES, name: `${process.pid}-${number}` };
      wrongs.push(`its history: ${await keepHistory(this.#client, workflowId, kept)}`);
      last = await this.#status();
      const handle = this.#client.workflow.getHandle(workflowId);
      await handle.terminate('chaos').catch(() => undefined);
    } finally {
      following.stop();
      this.#isOver = true;
    }
    const outcome = last?.outcome ?? null;
    if (outcome !== null && outcome !== told.outcome)
      wrongs.push(`it ended as ${outcome}, not as ${told.outcome}: ${last?.stop?.reason ?? ''}`);
    wrongs.push(...(await struck), ...this.#refusals);
    return { last, wrongs, words: this.#words };
  }

  /** What befalls it, beside its story; what of that did not come about. */
  async #strike(): Promise<readonly string[]> {
    const { trouble } = this.#job;
    const { world, wire, temporal } = this.#parts;
    const arrives = async (fits: (view: StatusView) => boolean): Promise<boolean> => {
      while (!this.#isOver) {
        const view = await this.#status();
        if (view?.outcome !== undefined && view.outcome !== null) return false;
        if (view !== null && fits(view)) return true;
        await delay(LOOK_EVERY_MS);
      }
      return false;
    };
    const scene = { world, temporalWire: wire, temporal, arrives };
    return (await trouble?.strike(scene)) ?? [];
  }

  #stage(): Stage {
    const { world } = this.#parts;
    return {
      until: (what, fits) => this.#until(what, fits),
      say: (said) => this.#say(said),
      deathsIn: (work, moment) => this.#deathsIn(work, moment),
      breakGreen: () => world.breakGreen(),
      breakGreenForAll: () => world.breakGreenForAll(),
      blueFalters: () => world.blueFalters(),
      blueRecovers: () => world.blueRecovers(),
    };
  }

  async #until(what: string, fits: (view: StatusView) => boolean): Promise<void> {
    let last: StatusView | null = null;
    let haltedMs = Number.POSITIVE_INFINITY;
    while (Date.now() < this.#untilMs) {
      const view = await this.#status();
      if (view !== null && fits(view)) return;
      if (this.#untellable !== null)
        throw new Error(`it stands still before ${what}: ${this.#untellable}`);
      last = view ?? last;
      if (last === null || last.halted === null) haltedMs = Number.POSITIVE_INFINITY;
      else haltedMs = Math.min(haltedMs, Date.now());
      if (Date.now() - haltedMs > HALT_PATIENCE_MS) break;
      if (view !== null && view.outcome !== null)
        throw new Error(
          `it ended as ${view.outcome} before ${what}: ${view.stop?.reason ?? 'nobody said why'}`,
        );
      await delay(LOOK_EVERY_MS);
    }
    throw new Error(
      `it never came to ${what}: ${last?.activity ?? 'no answer'} ${last?.halted ?? ''}`,
    );
  }

  async #ended(): Promise<StatusView | null> {
    let view: StatusView | null = null;
    await this.#until('its end', (now) => {
      view = now;
      return now.outcome !== null;
    });
    // The last words are on their way while the state has its outcome already.
    await untilDone(() => this.#client.workflow.getHandle(this.#workflowId).result());
    await this.#followed;
    await Promise.all(this.#answers.values());
    return view;
  }

  /** Null where nobody answers, as when the worker has just died. */
  async #status(): Promise<StatusView | null> {
    const options = { deadlineMs: STATUS_WITHIN_MS };
    return this.#migrations.status(this.#workflowId, options).catch(() => null);
  }

  async #say(said: Said): Promise<void> {
    const point = this.#job.points.find((one) => one.kind === 'said' && one.said === said);
    const moment = point?.kind === 'said' ? point.moment : null;
    const { verb, gate, by } = SAYINGS[said];
    const id = `chaos-${this.#job.number}-${said.replaceAll(' ', '-')}`;
    this.#words.push({ id, said });
    const message: Message = {
      id,
      by: `somebody for ${said}`,
      reason: 'the story has it',
      ...(gate === undefined ? {} : { gate }),
    };
    const handle = this.#client.workflow.getHandle(this.#workflowId);
    const update = async (): Promise<void> => {
      const deadlineMs = ANSWER_WITHIN_MS;
      const answer = await this.#migrations.send(verb, this.#workflowId, message, { deadlineMs });
      // The same words by the other way may have come first.
      if (answer.kind === 'refused' && by !== 'both')
        this.#refusals.push(`"${said}" was refused: ${answer.message}`);
    };
    const signal = async (): Promise<void> => handle.signal(verb, message);
    const ways = { update: [update], signal: [signal], both: [update, signal] }[by];
    // Whoever gets no answer says the same again: it has the same id.
    const send = async (): Promise<void> => {
      await Promise.all(ways.map((way) => untilDone(way)));
    };
    await this.#dieAround(point, moment, send);
  }

  async #dieAround(
    point: KillPoint | undefined,
    moment: SaidMoment | null,
    send: () => Promise<void>,
  ): Promise<void> {
    if (point === undefined || moment === null) return send();
    switch (moment) {
      case 'before it is sent':
        await this.#kill(point);
        return send();
      case 'while it is sent': {
        await this.#worker.ready();
        const sent = send();
        await delay(Math.random() * ON_ITS_WAY_MS);
        await this.#kill(point);
        return sent;
      }
      case 'after its answer':
        await send();
        return this.#kill(point);
      default:
        return assertNever(moment);
    }
  }

  /** The worker may be dead already of another point: then it dies again as soon as it is back, if the migration lasts as long. */
  async #kill(point: KillPoint): Promise<void> {
    while (!this.#isOver) {
      await this.#worker.ready();
      if (this.#worker.kill(point)) return;
      await delay(20);
    }
  }

  /** Temporal has an answer: the worker dies of it, at once where it lives, else as soon as it is back. */
  #answered(work: Work): void {
    const point = this.#job.points.find(
      (one) => one.kind === 'work' && one.work === work && one.moment === 'after the answer',
    );
    if (point === undefined || this.#answers.has(point)) return;
    this.#answers.set(point, this.#kill(point));
  }

  async #deathsIn(work: Work, moment: 'before the effect' | 'all'): Promise<void> {
    const isDue = (point: KillPoint): boolean =>
      point.kind === 'work' &&
      point.work === work &&
      (moment === 'all' || point.moment === moment) &&
      !this.#worker.deaths.includes(point);
    const untilMs = Date.now() + DEATH_PATIENCE_MS;
    while (this.#job.points.some(isDue) && Date.now() < untilMs) await delay(LOOK_EVERY_MS);
  }
}

/** A server that is away is asked again. */
async function untilDone(attempt: () => Promise<unknown>): Promise<void> {
  const untilMs = Date.now() + ANSWER_WITHIN_MS;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (cause) {
      if (Date.now() > untilMs) throw cause;
      await delay(LOOK_EVERY_MS);
    }
  }
}
