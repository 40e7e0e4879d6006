import type { Clock } from '#activities/ports/clock.ts';
import { CutoverFailure, type FailureType } from '#domain/failures.ts';
import { TokenBuckets, type BucketSize } from '#sandbox/aws/core/token-bucket.ts';
import { REAL_CLOCK } from './fake-clock.ts';

/**
 * What happens around every call of a fake port: writes are audited, faults are injected, calls are held. Names are
 * `port.method`, e.g. `router.setGreenPercent`; methods of a connected cluster are `kubernetes.apply` and so on.
 */
export interface AuditEntry {
  readonly atMs: number;
  readonly call: string;
  /** The call's arguments without its signal. */
  readonly args: readonly unknown[];
}

/** A call that waits. */
export interface Hold {
  /** Resolves when a call has arrived. */
  readonly reached: Promise<void>;
  /** Lets it go on; its effect happens, whatever became of the caller meanwhile. */
  release(): void;
}

/** Calls that change the world, as `port.method`. */
export const WRITES = [
  'clusters.createLike',
  'clusters.allowDeletion',
  'clusters.delete',
  'nodegroups.createLike',
  'nodegroups.delete',
  'provisioner.create',
  'provisioner.remove',
  'addons.installLike',
  'clusterAccess.admitAdmin',
  'clusterAccess.copyEntries',
  'clusterAccess.copyPodIdentities',
  'roleTrust.registerIssuer',
  'roleTrust.removeIssuer',
  'roleTrust.change',
  'router.attach',
  'router.detach',
  'router.setGreenPercent',
  'router.sendAllToBlue',
  'router.removeBlue',
  'capsules.write',
  'capsules.remove',
  'smokeDoor.open',
  'smokeDoor.close',
  'kubernetes.apply',
  'kubernetes.merge',
  'kubernetes.delete',
  'targetGroups.deregisterAll',
  'notifier.tell',
] as const;

/** The same, for a look. */
export const WRITING: ReadonlySet<string> = new Set(WRITES);

/** Its fake checks deadlines first and calls `land` itself: a held write is one in flight, not one not sent. */
const LANDS_ITSELF: ReadonlySet<string> = new Set([
  'router.setGreenPercent',
  'router.sendAllToBlue',
]);

export class FakeCalls {
  /** Every write that took effect or was about to, oldest first. */
  readonly audit: AuditEntry[] = [];
  readonly #counts = new Map<string, number>();
  readonly #faults: { readonly call: string; left: number; readonly failure: CutoverFailure }[] =
    [];
  #limit: { readonly calls: readonly string[]; readonly isGranted: () => boolean } | null = null;
  readonly #holds = new Map<string, { reach: () => void; released: Promise<void> }>();
  readonly #clock: Pick<Clock, 'nowMs'>;
  #crash: { left: number; readonly when: 'before' | 'after' } | null = null;

  constructor(clock: Pick<Clock, 'nowMs'> = REAL_CLOCK) {
    this.#clock = clock;
  }

  /** The next `times` calls fail before they have any effect. */
  failNext(call: string, failure: FailureType | CutoverFailure, times = 1): void {
    this.#faults.push({
      call,
      left: times,
      failure:
        failure instanceof CutoverFailure
          ? failure
          : new CutoverFailure(failure, 'injected fault', { resource: call }),
    });
  }

  /** From now on these calls share a rate limit, as the writes of an account do. */
  limitRate(calls: readonly string[], size: BucketSize): void {
    const buckets = new TokenBuckets(size, () => Date.now());
    this.#limit = { calls, isGranted: () => buckets.take('the account') };
  }

  /** Ends all injected faults of this call. */
  heal(call: string): void {
    for (const fault of this.#faults) if (fault.call === call) fault.left = 0;
  }

  /** The next call waits until it is released. */
  holdNext(call: string): Hold {
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#holds.set(call, { reach: () => arrived.resolve(), released: released.promise });
    return { reached: arrived.promise, release: () => released.resolve() };
  }

  /** The `n`-th call from now (of any port, from 1) fails once, before or after its effect: a worker that dies. */
  crashAt(n: number, when: 'before' | 'after'): void {
    this.#crash = { left: n, when };
  }

  /** Is a crash still to come? */
  get crashPending(): boolean {
    return this.#crash !== null;
  }

  /** Where a held call waits: here everything was checked, and what follows happens. */
  async land(call: string): Promise<void> {
    const hold = this.#holds.get(call);
    if (hold === undefined) return;
    this.#holds.delete(call);
    hold.reach();
    await hold.released;
  }

  /** How often this was called. */
  count(call: string): number {
    return this.#counts.get(call) ?? 0;
  }

  /** Audited writes of this kind. */
  writes(call: string): readonly AuditEntry[] {
    return this.audit.filter((entry) => entry.call === call);
  }

  /** The fake `implementation` with all of this around its methods. */
  around<Port extends object>(port: string, implementation: Port): Port {
    return new Proxy(implementation, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function' || typeof name === 'symbol') return member;
        return async (...args: readonly unknown[]): Promise<unknown> =>
          this.#call(`${port}.${name}`, args, async () => {
            const result: unknown = await Reflect.apply(member, target, args);
            return result;
          });
      },
    });
  }

  async #call(
    call: string,
    args: readonly unknown[],
    perform: () => Promise<unknown>,
  ): Promise<unknown> {
    for (const arg of args) if (arg instanceof AbortSignal) arg.throwIfAborted();
    this.#counts.set(call, this.count(call) + 1);
    const crashing = this.#isCrashing();
    if (crashing && this.#crash?.when === 'before') this.#die(call);
    const fault = this.#faults.find((candidate) => candidate.call === call && candidate.left > 0);
    if (fault !== undefined) {
      fault.left -= 1;
      throw fault.failure;
    }
    if (this.#limit?.calls.includes(call) === true && !this.#limit.isGranted())
      throw new CutoverFailure('throttled', 'Rate exceeded', { resource: call });
    if (WRITING.has(call))
      this.audit.push({
        atMs: this.#clock.nowMs(),
        call,
        args: args.filter((arg) => !(arg instanceof AbortSignal)),
      });
    if (!LANDS_ITSELF.has(call)) await this.land(call);
    const result = await perform();
    if (crashing) this.#die(call);
    return result;
  }

  #isCrashing(): boolean {
    if (this.#crash === null) return false;
    this.#crash.left -= 1;
    return this.#crash.left <= 0;
  }

  #die(call: string): never {
    this.#crash = null;
    throw new CutoverFailure('unavailable', 'injected crash', { resource: call });
  }
}
