/**
 * HTTP listeners of Application, TCP listeners of Network Load Balancers. A listener's port is a real port of this machine; its default actions live in its default rule. Creating
 * one again on the port with the same default actions answers the existing one.
 * Source: docs elasticloadbalancing/latest/APIReference/API_CreateListener.html, API_ModifyListener.html
 */
import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { listenerArn, ruleArn } from './arns.ts';
import {
  attributeList,
  changedAttributes,
  defaultAttributes,
  LISTENER_ATTRIBUTES,
  TCP_LISTENER_ATTRIBUTES,
} from './attributes.ts';
import type { Elbv2State, ListenerRecord, RuleRecord, TrafficProtocol } from './elbv2-state.ts';
import type { Elbv2World } from './elbv2-world.ts';
import { pageOf } from './pages.ts';
import { checkedActions } from './rule-actions.ts';
import { checkedTags } from './tag-handlers.ts';

/** Quota "Listeners per Application Load Balancer". */
const LISTENERS_PER_LOAD_BALANCER = 50;

export function listenerHandlers(world: Elbv2World): OperationHandlers<typeof sdk> {
  const { state } = world;

  return {
    CreateListener: async (input, call) => {
      world.takeMutation(call);
      const loadBalancer = state.loadBalancer(input.LoadBalancerArn);
      const { arn: ofLoadBalancer } = loadBalancer;
      const port = checkedPort(input.Port);
      const protocol = checkedProtocol(loadBalancer.description.Type, input.Protocol);
      const actions = checkedActions(state, ofLoadBalancer, input.DefaultActions);
      const siblings = state.listenersOf(ofLoadBalancer);
      const twin = siblings.find((listener) => listener.port === port);
      if (twin !== undefined) return { Listeners: [sameOrRefused(state, twin, actions)] };
      if (siblings.length >= LISTENERS_PER_LOAD_BALANCER) {
        throw new AwsError('TooManyListenersException', 'You have reached the limit on listeners');
      }
      const tags = checkedTags(input.Tags);
      const arn = listenerArn(ofLoadBalancer, world.nextId());
      const attributes = defaultAttributes(attributesOf(protocol));
      const record = { arn, loadBalancerArn: ofLoadBalancer, protocol, port, attributes };
      await openPort(world, record);
      state.listeners.set(arn, record);
      state.tags.set(arn, tags);
      const defaultRule = ruleArn(arn, world.nextId());
      state.rules.set(defaultRule, {
        arn: defaultRule,
        listenerArn: arn,
        priority: 'default',
        conditions: [],
        actions,
      });
      world.pushRouting(ofLoadBalancer);
      return { Listeners: [described(state, record)] };
    },

    DescribeListeners: ({ LoadBalancerArn, ListenerArns, ...page }) => {
      if (LoadBalancerArn === undefined && ListenerArns === undefined) {
        throw new AwsError('ValidationError', 'A load balancer or listeners must be specified');
      }
      const records =
        ListenerArns?.map((arn) => state.listener(arn)) ??
        state.listenersOf(state.loadBalancer(LoadBalancerArn).arn);
      const { items, next } = pageOf(records, page);
      return { Listeners: items.map((record) => described(state, record)), NextMarker: next };
    },

    ModifyListener: async (input, call) => {
      world.takeMutation(call);
      const record = state.listener(input.ListenerArn);
      const { Type } = state.loadBalancer(record.loadBalancerArn).description;
      checkedProtocol(Type, input.Protocol ?? record.protocol);
      const rule = defaultRuleOf(state, record.arn);
      const actions =
        input.DefaultActions === undefined
          ? rule.actions
          : checkedActions(state, record.loadBalancerArn, input.DefaultActions);
      const changed = await movedTo(world, record, input.Port);
      state.listeners.set(record.arn, changed);
      state.rules.set(rule.arn, { ...rule, actions });
      world.pushRouting(record.loadBalancerArn);
      return { Listeners: [described(state, changed)] };
    },

    DeleteListener: async ({ ListenerArn }, call) => {
      world.takeMutation(call);
      const record = state.listener(ListenerArn);
      for (const rule of state.rulesOf(record.arn)) {
        state.rules.delete(rule.arn);
        state.tags.delete(rule.arn);
      }
      state.listeners.delete(record.arn);
      state.tags.delete(record.arn);
      await world.dataPlane.closeListener(record.arn);
      world.pushRouting(record.loadBalancerArn);
      return {};
    },

    DescribeListenerAttributes: ({ ListenerArn }) => ({
      Attributes: attributeList(state.listener(ListenerArn).attributes),
    }),

    ModifyListenerAttributes: ({ ListenerArn, Attributes = [] }, call) => {
      world.takeMutation(call);
      const record = state.listener(ListenerArn);
      const attributes = changedAttributes(
        attributesOf(record.protocol),
        record.attributes,
        Attributes,
      );
      state.listeners.set(record.arn, { ...record, attributes });
      return { Attributes: attributeList(attributes) };
    },
  };
}

function defaultRuleOf(state: Elbv2State, ofListener: string): RuleRecord {
  const rule = state.rulesOf(ofListener).at(-1);
  if (rule?.priority !== 'default') throw new TypeError(`${ofListener} has no default rule`);
  return rule;
}

function described(state: Elbv2State, record: ListenerRecord): Listener {
  return {
    ListenerArn: record.arn,
    LoadBalancerArn: record.loadBalancerArn,
    Port: record.port,
    Protocol: record.protocol,
    DefaultActions: [...defaultRuleOf(state, record.arn).actions],
  };
}

function sameOrRefused(
  state: Elbv2State,
  twin: ListenerRecord,
  actions: RuleRecord['actions'],
): Listener {
  if (JSON.stringify(defaultRuleOf(state, twin.arn).actions) !== JSON.stringify(actions)) {
    const what = 'A listener already exists on this port for this load balancer';
    throw new AwsError('DuplicateListenerException', what);
  }
  return described(state, twin);
}

async function movedTo(
  world: Elbv2World,
  record: ListenerRecord,
  wanted: number | undefined,
): Promise<ListenerRecord> {
  if (wanted === undefined || wanted === record.port) return record;
  const port = checkedPort(wanted);
  if (world.state.listenersOf(record.loadBalancerArn).some((other) => other.port === port)) {
    const what = 'A listener already exists on this port for this load balancer';
    throw new AwsError('DuplicateListenerException', what);
  }
  const moved = { ...record, port };
  await world.dataPlane.closeListener(record.arn);
  await openPort(world, moved);
  return moved;
}

/** The one thing here that AWS does not know: the port may be taken by another program of this machine. */
async function openPort(
  { state, dataPlane }: Elbv2World,
  { arn, loadBalancerArn, protocol, port }: ListenerRecord,
): Promise<void> {
  const { DNSName: address } = state.loadBalancer(loadBalancerArn).description;
  const place = { protocol, ...(address === undefined ? {} : { address }) };
  try {
    await dataPlane.openListener(loadBalancerArn, arn, port, place);
  } catch (cause) {
    const what = `port ${port} of this machine cannot be opened: ${String(cause)}`;
    throw new AwsError('InvalidConfigurationRequestException', what);
  }
}

function checkedPort(port: number | undefined): number {
  if (port === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new AwsError('ValidationError', 'A port between 1 and 65535 must be specified');
  }
  return port;
}

function attributesOf(protocol: TrafficProtocol): typeof LISTENER_ATTRIBUTES {
  return protocol === 'HTTP' ? LISTENER_ATTRIBUTES : TCP_LISTENER_ATTRIBUTES;
}

const PLAYED = { application: 'HTTP', network: 'TCP' } as const;
const KNOWN: Readonly<Record<keyof typeof PLAYED, readonly string[]>> = {
  application: ['HTTP', 'HTTPS'],
  network: ['TCP', 'TLS', 'UDP', 'TCP_UDP', 'QUIC', 'TCP_QUIC'],
};

function checkedProtocol(type: string | undefined, protocol: string | undefined): TrafficProtocol {
  const kind = type === 'network' ? 'network' : 'application';
  if (protocol === PLAYED[kind]) return PLAYED[kind];
  if (KNOWN[kind].includes(protocol ?? '')) {
    throw new AwsError('NotImplementedException', `${protocol} listeners are not emulated`, {
      httpStatus: 501,
    });
  }
  const what = `Protocol '${protocol ?? ''}' is not supported for this load balancer type`;
  throw new AwsError('UnsupportedProtocolException', what);
}
