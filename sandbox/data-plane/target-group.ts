/**
 * The targets of one target group as the load balancer lives with them: probing, choosing the next one, letting them go.
 * Invariants: probes run only while a rule names the group; requests go round robin over healthy targets, and over all
 * that are registered and not draining when none is healthy (fail open, as ELBv2 does; docs:
 * application/target-group-health-checks.html); a draining target gets no new request. Owned by data-plane.ts.
 */
import type { Duplex } from 'node:stream';
import { probeTarget } from './health-probe.ts';
import { drawDelayMs, type DelayRange, type Random } from './seeded-random.ts';
import { probeIntervalMs, type TargetGroupSettings } from './target-group-settings.ts';
import type { TargetAddress, TargetNetwork } from './target-network.ts';
import { Target, type TargetHealth } from './target.ts';

export interface TargetGroupOptions {
  readonly network: TargetNetwork;
  readonly random: Random;
  /** Factor on the group's own seconds; 1 is AWS's pace. */
  readonly timeScale: number;
  /** How long the nodes need to learn of a new target. */
  readonly propagation: DelayRange;
}

export interface DescribedTarget {
  readonly address: TargetAddress;
  readonly health: TargetHealth;
}

interface Watched {
  readonly target: Target;
  /** Ends the probes or the draining of this target. */
  stop: AbortController;
}

export class TargetGroup {
  readonly #options: TargetGroupOptions;
  readonly #watched = new Map<string, Watched>();
  /** Connections that stay with their target until it has left, by its address. */
  readonly #open = new Map<string, Set<Duplex>>();
  #settings: TargetGroupSettings;
  #inUse = false;
  #turn = 0;

  constructor(settings: TargetGroupSettings, options: TargetGroupOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  /** Taken over by the next probe or deregistration. */
  configure(settings: TargetGroupSettings): void {
    this.#settings = settings;
  }

  /** Tells whether a rule names this group now. */
  setInUse(inUse: boolean): void {
    if (inUse === this.#inUse) return;
    this.#inUse = inUse;
    for (const watched of this.#watched.values()) {
      if (watched.target.health.state === 'draining') continue;
      if (inUse) this.#begin(watched);
      else {
        watched.stop.abort();
        watched.target.rest();
      }
    }
  }

  /** Registering a registered target changes nothing; a draining one comes back. */
  register(address: TargetAddress): void {
    const known = this.#watched.get(keyOf(address));
    if (known !== undefined && known.target.health.state !== 'draining') return;
    const watched = { target: new Target(address, this.#inUse), stop: new AbortController() };
    known?.stop.abort();
    this.#watched.set(keyOf(address), watched);
    if (this.#inUse) this.#begin(watched);
  }

  /** The target drains for the deregistration delay and is gone then; of an unused group it is gone at once. */
  deregister(address: TargetAddress): void {
    const key = keyOf(address);
    const watched = this.#watched.get(key);
    if (watched === undefined || watched.target.health.state === 'draining') return;
    watched.stop.abort();
    const delayMs = this.#settings.deregistrationDelaySeconds * 1000 * this.#options.timeScale;
    if (!this.#inUse || delayMs <= 0) {
      this.#leave(key);
      return;
    }
    watched.target.drain();
    watched.stop = new AbortController();
    whenElapsed(delayMs, watched.stop.signal, () => this.#leave(key));
  }

  /** Whom the next request goes to; undefined where nothing is registered that may be asked. */
  nextTarget(): TargetAddress | undefined {
    const open = [...this.#watched.values()].filter(
      ({ target }) => target.health.state !== 'draining',
    );
    const healthy = open.filter(({ target }) => target.health.state === 'healthy');
    const candidates = healthy.length > 0 ? healthy : open;
    this.#turn = (this.#turn + 1) % Math.max(1, candidates.length);
    return candidates[this.#turn]?.target.address;
  }

  /** Ends the connection when its target has left the group. */
  keepOpen(address: TargetAddress, connection: Duplex): void {
    const key = keyOf(address);
    const open = this.#open.get(key) ?? new Set<Duplex>();
    this.#open.set(key, open.add(connection));
    connection.once('close', () => open.delete(connection));
  }

  describe(): readonly DescribedTarget[] {
    return [...this.#watched.values()].map(({ target }) => ({
      address: target.address,
      health: target.health,
    }));
  }

  count(state: 'healthy' | 'unhealthy'): number {
    return this.describe().filter((target) => target.health.state === state).length;
  }

  get inUse(): boolean {
    return this.#inUse;
  }

  stop(): void {
    for (const watched of this.#watched.values()) watched.stop.abort();
    this.#watched.clear();
  }

  #leave(key: string): void {
    this.#watched.delete(key);
    for (const connection of this.#open.get(key) ?? []) connection.destroy();
    this.#open.delete(key);
  }

  #begin(watched: Watched): void {
    watched.stop.abort();
    watched.stop = new AbortController();
    const { signal } = watched.stop;
    watched.target.begin();
    whenElapsed(drawDelayMs(this.#options.random, this.#options.propagation), signal, () => {
      watched.target.firstProbe();
      void this.#probe(watched.target, signal);
    });
  }

  async #probe(target: Target, signal: AbortSignal): Promise<void> {
    const { healthCheck } = this.#settings;
    if (healthCheck.enabled) {
      const { network, timeScale } = this.#options;
      const result = await probeTarget({
        network,
        target: target.address,
        settings: healthCheck,
        timeScale,
        signal,
      });
      if (signal.aborted) return;
      target.probed(result, healthCheck);
    } else {
      target.assumeHealthy();
    }
    // A little apart from each other, as the checkers of two nodes are, so that probes do not come in bursts.
    const spread = 0.9 + 0.2 * this.#options.random();
    const intervalMs = probeIntervalMs(healthCheck, this.#options.timeScale) * spread;
    whenElapsed(intervalMs, signal, () => void this.#probe(target, signal));
  }
}

function keyOf(address: TargetAddress): string {
  return `${address.address}:${address.port}`;
}

function whenElapsed(delayMs: number, signal: AbortSignal, then: () => void): void {
  const timer = setTimeout(() => {
    signal.removeEventListener('abort', cancel);
    then();
  }, delayMs);
  const cancel = (): void => clearTimeout(timer);
  signal.addEventListener('abort', cancel, { once: true });
}
