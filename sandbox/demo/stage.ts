/**
 * Where a scenario acts while the migration runs: it waits for a moment of the story, breaks something, sends a message, and
 * says when its trouble began and ended, so that the report can count who was exposed to it. A moment that never comes
 * because the run ended first is an error of the scenario that waited for it.
 */
import { randomUUID } from 'node:crypto';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { MigrationClient } from '#clients/migration-client.ts';
import type { Verb } from '#domain/migration/messages.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import type { Sandbox } from '#sandbox/world/sandbox.ts';

/** The longest chapter, green's provisioning, takes a minute; a loaded machine several. */
const MOMENT_TIMEOUT_MS = 10 * 60_000;

export interface StageParts {
  readonly sandbox: Sandbox;
  /** Acts as the account's owner: a colleague, not the engine. */
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly migrations: MigrationClient;
  readonly workflowId: string;
  readonly say: (text: string) => void;
}

/** Epoch milliseconds; null: not yet, or never. */
export interface Trouble {
  readonly beganMs: number | null;
  readonly endedMs: number | null;
}

export class Stage {
  readonly sandbox: Sandbox;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly say: (text: string) => void;
  readonly #parts: StageParts;
  readonly #over = new AbortController();
  #view: StatusView | null = null;
  #trouble: Trouble = { beganMs: null, endedMs: null };

  constructor(parts: StageParts) {
    this.sandbox = parts.sandbox;
    this.elbv2 = parts.elbv2;
    this.say = parts.say;
    this.#parts = parts;
  }

  get trouble(): Trouble {
    return this.#trouble;
  }

  /** From here on users may meet what the scenario broke. */
  troubleBegins(): void {
    this.#trouble = { ...this.#trouble, beganMs: Date.now() };
  }

  /** Nobody meets it any more; without this it ends with the run. */
  troubleEnds(): void {
    this.#trouble = { ...this.#trouble, endedMs: Date.now() };
  }

  /** Told by whoever follows the run. */
  show(view: StatusView): void {
    this.#view = view;
  }

  /** The run has ended: whoever still waits for a moment of it waits in vain. */
  close(): void {
    this.#over.abort();
  }

  /** @param what completes "the run ended before …". @throws Error when it does; WaitTimeoutError */
  async until(what: string, isSo: () => boolean): Promise<void> {
    await waitUntil(() => isSo() || this.#over.signal.aborted, {
      what,
      timeoutMs: MOMENT_TIMEOUT_MS,
    });
    if (!isSo()) throw new Error(`the run ended before ${what}`);
  }

  /** Waits until users' own requests have shown this step. */
  async untilSeen(percent: number): Promise<void> {
    await this.until(
      `users followed ${percent} %`,
      () =>
        this.#view?.steps.some(
          (step) => step.percent === percent && step.observedPercent !== null,
        ) ?? false,
    );
  }

  async untilHalted(): Promise<string> {
    await this.until('it halted', () => this.#view?.halted !== null && this.#view !== null);
    return this.#view?.halted ?? '';
  }

  /** What a person says, with the command that says it. */
  async send(verb: Verb, by: string, reason: string): Promise<void> {
    this.say(`  ${by} says: ${verb} (cutover ${verb} --by ${by}), because ${reason}`);
    const { migrations, workflowId } = this.#parts;
    await migrations.send(verb, workflowId, { id: randomUUID(), by, reason });
  }
}
