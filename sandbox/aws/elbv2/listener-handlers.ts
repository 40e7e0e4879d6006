/**
 * HTTP listeners. A listener's port is a real port of this machine; its default actions live in its default rule. Creating
 * one again on the port with the same default actions answers the existing one.
 * Source: docs elasticloadbalancing/latest/APIReference/API_CreateListener.html, API_ModifyListener.html
 */
import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Listener, ProtocolEnum } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { listenerArn, ruleArn } from './arns.ts';
import {
  attributeList,
  changedAttributes,
  defaultAttributes,
  LISTENER_ATTRIBUTES,
} from './attributes.ts';
import type { Elbv2State, ListenerRecord, RuleRecord } from './elbv2-state.ts';
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
      const { arn: ofLoadBalancer } = state.loadBalancer(input.LoadBalancerArn);
      const port = checkedPort(input.Port);
      checkProtocol(input.Protocol);
      const actions = checkedActions(state, ofLoadBalancer, input.DefaultActions);
      const siblings = state.listenersOf(ofLoadBalancer);
      const twin = siblings.find((listener) => listener.port === port);
      if (twin !== undefined) return { Listeners: [sameOrRefused(state, twin, actions)] };
      if (siblings.length >= LISTENERS_PER_LOAD_BALANCER) {
        throw new AwsError('TooManyListenersException', 'You have reached the limit on listeners');
      }
      const tags = checkedTags(input.Tags);
      const arn = listenerArn(ofLoadBalancer, world.nextId());
      await openPort(world, ofLoadBalancer, arn, port);
      const attributes = defaultAttributes(LISTENER_ATTRIBUTES);
      const record = { arn, loadBalancerArn: ofLoadBalancer, port, attributes };
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
      checkProtocol(input.Protocol ?? 'HTTP');
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
      const attributes = changedAttributes(LISTENER_ATTRIBUTES, record.attributes, Attributes);
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
    Protocol: 'HTTP',
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
  await world.dataPlane.closeListener(record.arn);
  await openPort(world, record.loadBalancerArn, record.arn, port);
  return { ...record, port };
}

/** The one thing here that AWS does not know: the port may be taken by another program of this machine. */
async function openPort(
  world: Elbv2World,
  ofLoadBalancer: string,
  arn: string,
  port: number,
): Promise<void> {
  try {
    await world.dataPlane.openListener(ofLoadBalancer, arn, port);
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

function checkProtocol(protocol: ProtocolEnum | undefined): void {
  if (protocol === 'HTTP') return;
  if (protocol === 'HTTPS') {
    throw new AwsError('NotImplementedException', 'HTTPS listeners are not emulated', {
      httpStatus: 501,
    });
  }
  const what = `Protocol '${protocol ?? ''}' is not supported for this load balancer type`;
  throw new AwsError('UnsupportedProtocolException', what);
}
