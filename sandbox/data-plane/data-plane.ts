/**
 * The ALB data plane of the sandbox: really serves HTTP on loopback by the weights of the rules. The control plane (ELBv2)
 * opens listeners, pushes routing tables and registers targets; from here come requests' outcomes and targets' health.
 * Invariants: (1) a table reaches each node of a load balancer after a seeded delay, so what the API says and what
 * happens differ for a moment, as in AWS; (2) a target group is probed exactly while the newest table of some load
 * balancer names it, at any weight. One instance per sandbox, closed by who opened it.
 */
import type { FlowListener } from './flow-outcome.ts';
import { listenForFlows } from './flow-server.ts';
import { listenOnLoopback, type ListenerServer } from './listener-server.ts';
import { LoadBalancer, type NodeChange } from './load-balancer.ts';
import type { OutcomeListener } from './request-outcome.ts';
import { targetGroupsOf, type RoutingTable } from './routing-table.ts';
import { drawDelayMs, seededRandom, type DelayRange } from './seeded-random.ts';
import type { TargetGroupSettings } from './target-group-settings.ts';
import { TargetGroup } from './target-group.ts';
import type { TargetNetwork } from './target-network.ts';
import { TrafficCounter, type TrafficTotals } from './traffic-totals.ts';

export interface DataPlaneOptions {
  readonly network: TargetNetwork;
  /** @default 1 */
  readonly seed?: number;
  /** Delay from a change until one node serves by it. @default 200–3000 ms */
  readonly propagation?: DelayRange;
  /** @default 2 nodes of each load balancer */
  readonly nodesPerLoadBalancer?: number;
  /** Factor on target groups' own seconds: intervals, timeouts, deregistration delay. @default 0.1 */
  readonly timeScale?: number;
}

interface ListenerOptions {
  /** What is listened for: requests, or connections whose inside is nobody's business. @default HTTP */
  readonly protocol?: 'HTTP' | 'TCP';
  /** Loopback address of the load balancer. @default 127.0.0.1 */
  readonly address?: string;
}

export interface HostCounts {
  readonly loadBalancerArn: string;
  readonly targetGroupArn: string;
  readonly healthy: number;
  readonly unhealthy: number;
}

const DEFAULT_PROPAGATION: DelayRange = { minMs: 200, maxMs: 3_000 };
const DEFAULT_TIME_SCALE = 0.1;

export class DataPlane {
  readonly #options: Required<DataPlaneOptions>;
  readonly #loadBalancers = new Map<string, LoadBalancer>();
  readonly #tables = new Map<string, RoutingTable>();
  readonly #listeners = new Map<string, ListenerServer>();
  readonly #targetGroups = new Map<string, TargetGroup>();
  readonly #totals = new TrafficCounter();
  readonly #onOutcome = new Set<OutcomeListener>();
  readonly #onFlow = new Set<FlowListener>();

  constructor(options: DataPlaneOptions) {
    this.#options = {
      seed: 1,
      propagation: DEFAULT_PROPAGATION,
      nodesPerLoadBalancer: 2,
      timeScale: DEFAULT_TIME_SCALE,
      ...options,
    };
    this.#onOutcome.add((outcome) => this.#totals.count(outcome));
  }

  /** Calls back for every request that ended. */
  onOutcome(listener: OutcomeListener): void {
    this.#onOutcome.add(listener);
  }

  /** Calls back for every TCP connection to a network load balancer, once it is known whether it came about. */
  onFlow(listener: FlowListener): void {
    this.#onFlow.add(listener);
  }

  /**
   * Begins to listen; until a table names the listener every answer is 503, every flow is reset. Port 0 takes a free one.
   * Returns the port.
   * @throws the server's error, with code EADDRINUSE where the port is taken.
   */
  async openListener(
    loadBalancerArn: string,
    listenerArn: string,
    port: number,
    { protocol = 'HTTP', address = '127.0.0.1' }: ListenerOptions = {},
  ): Promise<number> {
    const loadBalancer = this.#loadBalancer(loadBalancerArn);
    const server =
      protocol === 'HTTP'
        ? await listenOnLoopback(
            port,
            (request, response) => void loadBalancer.serve(listenerArn, request, response),
            address,
            (request, socket) => void loadBalancer.upgrade(listenerArn, request, socket),
          )
        : await listenForFlows(
            port,
            address,
            (client) => void loadBalancer.accept(listenerArn, client),
          );
    this.#listeners.set(listenerArn, server);
    return server.port;
  }

  async closeListener(listenerArn: string): Promise<void> {
    const server = this.#listeners.get(listenerArn);
    this.#listeners.delete(listenerArn);
    await server?.close();
  }

  /** Pushes a new table to all nodes of its load balancer; `at-once` is for what stood before the sandbox began. */
  pushRouting(table: RoutingTable, propagation: 'at-once' | 'seeded' = 'seeded'): void {
    const random = seededRandom(
      this.#options.seed,
      `propagation ${table.loadBalancerArn} ${this.#changesOf(table.loadBalancerArn)}`,
    );
    this.#tables.set(table.loadBalancerArn, table);
    this.#loadBalancer(table.loadBalancerArn).push(table, () =>
      propagation === 'at-once' ? 0 : drawDelayMs(random, this.#options.propagation),
    );
    this.#tellTargetGroups();
  }

  /** The load balancer is gone: its listeners were closed, its target groups come out of use. */
  removeLoadBalancer(loadBalancerArn: string): void {
    this.#loadBalancers.get(loadBalancerArn)?.stop();
    this.#loadBalancers.delete(loadBalancerArn);
    this.#tables.delete(loadBalancerArn);
    this.#tellTargetGroups();
  }

  /** Creates the group or gives it new settings. */
  configureTargetGroup(settings: TargetGroupSettings): void {
    const known = this.#targetGroups.get(settings.targetGroupArn);
    if (known !== undefined) {
      known.configure(settings);
      return;
    }
    const { network, seed, timeScale, propagation } = this.#options;
    const random = seededRandom(seed, `target group ${settings.targetGroupArn}`);
    const group = new TargetGroup(settings, { network, random, timeScale, propagation });
    this.#targetGroups.set(settings.targetGroupArn, group);
    this.#tellTargetGroups();
  }

  removeTargetGroup(targetGroupArn: string): void {
    this.#targetGroups.get(targetGroupArn)?.stop();
    this.#targetGroups.delete(targetGroupArn);
  }

  targetGroup(targetGroupArn: string): TargetGroup | undefined {
    return this.#targetGroups.get(targetGroupArn);
  }

  /** Hosts of each target group in use, as its load balancer counts them; groups without targets are left out. */
  hostCounts(): readonly HostCounts[] {
    return [...this.#tables.values()].flatMap((table) =>
      [...targetGroupsOf(table)].flatMap((targetGroupArn) => {
        const group = this.#targetGroups.get(targetGroupArn);
        if (group === undefined || group.describe().length === 0) return [];
        const { loadBalancerArn } = table;
        const healthy = group.count('healthy');
        const unhealthy = group.count('unhealthy');
        return [{ loadBalancerArn, targetGroupArn, healthy, unhealthy }];
      }),
    );
  }

  /** True when all nodes of the load balancer serve by the newest table. */
  isSettled(loadBalancerArn: string): boolean {
    return this.#loadBalancers.get(loadBalancerArn)?.settled ?? true;
  }

  /** When which node took over which version: the truth that an API cannot tell. */
  nodeChanges(loadBalancerArn: string): readonly NodeChange[] {
    return this.#loadBalancers.get(loadBalancerArn)?.changes ?? [];
  }

  /** Totals since the start of a load balancer or a target group. */
  totals(arn: string): TrafficTotals {
    return this.#totals.totals(arn);
  }

  async close(): Promise<void> {
    for (const loadBalancer of this.#loadBalancers.values()) loadBalancer.stop();
    for (const group of this.#targetGroups.values()) group.stop();
    await Promise.all([...this.#listeners.keys()].map((arn) => this.closeListener(arn)));
    await this.#options.network.close();
  }

  #changesOf(loadBalancerArn: string): number {
    return this.#loadBalancers.get(loadBalancerArn)?.version ?? 0;
  }

  #tellTargetGroups(): void {
    const inUse = new Set(
      [...this.#tables.values()].flatMap((table) => [...targetGroupsOf(table)]),
    );
    for (const [arn, group] of this.#targetGroups) group.setInUse(inUse.has(arn));
  }

  #loadBalancer(loadBalancerArn: string): LoadBalancer {
    const known = this.#loadBalancers.get(loadBalancerArn);
    if (known !== undefined) return known;
    const loadBalancer = new LoadBalancer({
      loadBalancerArn,
      nodeCount: this.#options.nodesPerLoadBalancer,
      random: seededRandom(this.#options.seed, `requests ${loadBalancerArn}`),
      network: this.#options.network,
      targetGroup: (arn) => this.#targetGroups.get(arn),
      onOutcome: (outcome) => {
        for (const listener of this.#onOutcome) listener(outcome);
      },
      onFlow: (flow) => {
        for (const listener of this.#onFlow) listener(flow);
      },
    });
    this.#loadBalancers.set(loadBalancerArn, loadBalancer);
    return loadBalancer;
  }
}
