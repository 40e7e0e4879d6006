/**
 * One load balancer: a few nodes with a routing table each, and the way of a request through one of them. Requests are
 * spread over the nodes evenly at random, as clients with many connections are by DNS. Every request ends in exactly one
 * outcome, told to the listener given. Owned by data-plane.ts, which hands requests in from its HTTP servers.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { assertNever } from '#domain/assert-never.ts';
import type { FlowListener } from './flow-outcome.ts';
import { forwardFlow } from './forward-flow.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import { forwardRequest, type ForwardResult } from './forward-request.ts';
import { answerAsLoadBalancer, answerFixed, answerRedirect } from './load-balancer-answer.ts';
import { LoadBalancerNode } from './load-balancer-node.ts';
import type { OutcomeListener } from './request-outcome.ts';
import type { RoutingRule, RoutingTable } from './routing-table.ts';
import type { Random } from './seeded-random.ts';
import { chooseTargetGroup } from './target-group-choice.ts';
import type { TargetGroup } from './target-group.ts';
import type { TargetNetwork } from './target-network.ts';

export interface LoadBalancerOptions {
  readonly loadBalancerArn: string;
  readonly nodeCount: number;
  readonly random: Random;
  readonly network: TargetNetwork;
  readonly targetGroup: (arn: string) => TargetGroup | undefined;
  readonly onOutcome: OutcomeListener;
  readonly onFlow: FlowListener;
}

/** When one node began to serve by one version of the table. */
export interface NodeChange {
  readonly node: string;
  readonly version: number;
  readonly pushedAtMs: number;
  readonly appliedAtMs: number;
}

interface Served {
  readonly targetGroupArn?: string;
  readonly result: ForwardResult;
}

/** Enough for a look back over a migration; older ones are forgotten. */
const KEPT_CHANGES = 500;

export class LoadBalancer {
  readonly #options: LoadBalancerOptions;
  readonly #nodes: readonly LoadBalancerNode[];
  #version = 0;
  #changes: readonly NodeChange[] = [];

  constructor(options: LoadBalancerOptions) {
    this.#options = options;
    this.#nodes = Array.from(
      { length: options.nodeCount },
      (_, index) => new LoadBalancerNode(`node-${index}`),
    );
  }

  /** Sends the table to every node, each after its own delay. Returns the version it has. */
  push(table: RoutingTable, nextDelayMs: () => number): number {
    this.#version += 1;
    const version = this.#version;
    const pushedAtMs = Date.now();
    for (const node of this.#nodes) {
      node.receive(version, table, nextDelayMs(), () => {
        const change = { node: node.name, version, pushedAtMs, appliedAtMs: Date.now() };
        this.#changes = [...this.#changes.slice(1 - KEPT_CHANGES), change];
      });
    }
    return version;
  }

  /** Version of the newest table pushed; 0 before the first. */
  get version(): number {
    return this.#version;
  }

  /** True when all nodes serve by the newest table. */
  get settled(): boolean {
    return this.#nodes.every((node) => node.version === this.#version);
  }

  get changes(): readonly NodeChange[] {
    return this.#changes;
  }

  async serve(
    listenerArn: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const atMs = Date.now();
    const { loadBalancerArn, onOutcome, random } = this.#options;
    const node = this.#nodes[Math.floor(random() * this.#nodes.length)];
    const rule = node?.ruleFor(listenerArn, asked(request));
    const served =
      node === undefined || rule === undefined
        ? { result: ownAnswer(response, 503) }
        : await this.#follow(rule, node, request, response);
    onOutcome({
      loadBalancerArn,
      ...(served.targetGroupArn === undefined ? {} : { targetGroupArn: served.targetGroupArn }),
      atMs,
      ...served.result,
    });
  }

  /**
   * One connection that changes its protocol: chosen as a request is, and from then on its target's, whatever the weights
   * become, until that has left its group.
   */
  async upgrade(listenerArn: string, request: IncomingMessage, client: Duplex): Promise<void> {
    const atMs = Date.now();
    const { loadBalancerArn, network, onOutcome, random } = this.#options;
    const node = this.#nodes[Math.floor(random() * this.#nodes.length)];
    const action = node?.ruleFor(listenerArn, asked(request))?.action;
    const cookies = { cookieHeader: request.headers.cookie, nowMs: atMs };
    const choice =
      action?.kind === 'forward' ? chooseTargetGroup(action, cookies, random) : undefined;
    const group =
      choice === undefined ? undefined : this.#options.targetGroup(choice.targetGroupArn);
    const target = group?.nextTarget();
    if (node === undefined || group === undefined || target === undefined) {
      client.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n');
      onOutcome({ loadBalancerArn, atMs, ...byLoadBalancer(503) });
      return;
    }
    const result = await forwardUpgrade(request, client, {
      network,
      target,
      idleTimeoutMs: node.idleTimeoutMs,
      onOpen: (open) => group.keepOpen(target, open),
    });
    const { targetGroupArn = '' } = choice ?? {};
    onOutcome({ loadBalancerArn, targetGroupArn, atMs, ...result });
  }

  /**
   * One new TCP connection: the weights choose its target group now, and it stays there whatever they become (docs:
   * network/introduction.html, "flow"). Told to the listener when it is known whether it came about.
   */
  async accept(listenerArn: string, client: Socket): Promise<void> {
    const atMs = Date.now();
    const { loadBalancerArn, network, onFlow, random } = this.#options;
    const node = this.#nodes[Math.floor(random() * this.#nodes.length)];
    const action = node?.defaultRule(listenerArn)?.action;
    const choice =
      action?.kind === 'forward'
        ? chooseTargetGroup(action, { cookieHeader: undefined, nowMs: atMs }, random)
        : undefined;
    const target =
      choice === undefined
        ? undefined
        : this.#options.targetGroup(choice.targetGroupArn)?.nextTarget();
    const established = target !== undefined && (await forwardFlow(client, target, network));
    if (!established) client.resetAndDestroy();
    onFlow({
      loadBalancerArn,
      ...(choice === undefined ? {} : { targetGroupArn: choice.targetGroupArn }),
      atMs,
      established,
    });
  }

  stop(): void {
    for (const node of this.#nodes) node.stop();
  }

  async #follow(
    { action }: RoutingRule,
    node: LoadBalancerNode,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Served> {
    switch (action.kind) {
      case 'fixed-response':
        answerFixed(response, action);
        return { result: byLoadBalancer(action.statusCode) };
      case 'redirect':
        answerRedirect(request, response, action);
        return { result: byLoadBalancer(action.statusCode) };
      case 'forward': {
        const cookieHeader = request.headers.cookie;
        const choice = chooseTargetGroup(
          action,
          { cookieHeader, nowMs: Date.now() },
          this.#options.random,
        );
        if (choice === undefined) return { result: ownAnswer(response, 503) };
        const { targetGroupArn } = choice;
        const target = this.#options.targetGroup(targetGroupArn)?.nextTarget();
        // No failover to the rule's other groups: that is what ELBv2 does too.
        if (target === undefined) return { targetGroupArn, result: ownAnswer(response, 503) };
        const result = await forwardRequest(request, response, {
          network: this.#options.network,
          target,
          idleTimeoutMs: node.idleTimeoutMs,
          setCookie: choice.setCookie,
        });
        return { targetGroupArn, result };
      }
      default:
        return assertNever(action);
    }
  }
}

/** What rules look at. */
function asked(request: IncomingMessage): Parameters<LoadBalancerNode['ruleFor']>[1] {
  return {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    sourceAddress: request.socket.remoteAddress ?? '127.0.0.1',
  };
}

function ownAnswer(response: ServerResponse, statusCode: number): ForwardResult {
  answerAsLoadBalancer(response, statusCode);
  return byLoadBalancer(statusCode);
}

function byLoadBalancer(statusCode: number): ForwardResult {
  return { answeredBy: 'load-balancer', statusCode, connectionError: false };
}
