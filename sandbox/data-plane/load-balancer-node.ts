/**
 * One node of a load balancer: the routing state as this node knows it, which is not always what the API says. A change
 * reaches each node at its own time; until then the node serves by the old table. Invariants: a table replaces the old
 * one as a whole, and a late older table never replaces a newer one. Owned by load-balancer.ts.
 */
import { compileRules, type CompiledRule, type RequestFacts } from './rule-matcher.ts';
import type { RoutingRule, RoutingTable } from './routing-table.ts';

export class LoadBalancerNode {
  readonly name: string;
  #version = 0;
  #idleTimeoutMs = 60_000;
  #listeners: ReadonlyMap<string, readonly CompiledRule[]> = new Map();
  readonly #underway = new Set<NodeJS.Timeout>();

  constructor(name: string) {
    this.name = name;
  }

  /** Version of the table that this node serves by; 0 before the first. */
  get version(): number {
    return this.#version;
  }

  get idleTimeoutMs(): number {
    return this.#idleTimeoutMs;
  }

  /** Takes the table over after `delayMs`, at once for 0, and tells `onApplied` unless a newer one was there first. */
  receive(version: number, table: RoutingTable, delayMs: number, onApplied: () => void): void {
    if (delayMs <= 0) {
      this.#apply(version, table, onApplied);
      return;
    }
    const timer = setTimeout(() => {
      this.#underway.delete(timer);
      this.#apply(version, table, onApplied);
    }, delayMs);
    this.#underway.add(timer);
  }

  /** The first rule that the request meets, or undefined where this node does not know the listener yet. */
  ruleFor(listenerArn: string, request: RequestFacts): RoutingRule | undefined {
    return this.#listeners.get(listenerArn)?.find((compiled) => compiled.matches(request))?.rule;
  }

  /** What a listener without conditions does: its last rule, or undefined where this node does not know the listener yet. */
  defaultRule(listenerArn: string): RoutingRule | undefined {
    return this.#listeners.get(listenerArn)?.at(-1)?.rule;
  }

  stop(): void {
    for (const timer of this.#underway) clearTimeout(timer);
    this.#underway.clear();
  }

  #apply(version: number, table: RoutingTable, onApplied: () => void): void {
    if (version <= this.#version) return;
    this.#version = version;
    this.#idleTimeoutMs = table.idleTimeoutMs;
    this.#listeners = new Map(
      table.listeners.map((listener) => [listener.listenerArn, compileRules(listener)]),
    );
    onApplied();
  }
}
