/**
 * Target groups of type `ip` over HTTP or TCP: created in any number, in use by one load balancer at most, deletable only when no
 * rule names them. Creating one again with the same settings answers the existing one.
 * Source: docs elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html, API_ModifyTargetGroup.html
 */
import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  CreateTargetGroupCommandInput,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { targetGroupArn } from './arns.ts';
import {
  attributeList,
  changedAttributes,
  defaultAttributes,
  TARGET_GROUP_ATTRIBUTES,
  TCP_TARGET_GROUP_ATTRIBUTES,
} from './attributes.ts';
import type { Elbv2State, TargetGroupRecord } from './elbv2-state.ts';
import type { Elbv2World } from './elbv2-world.ts';
import {
  checkedHealthCheck,
  DEFAULT_HEALTH_CHECK,
  DEFAULT_TCP_HEALTH_CHECK,
} from './health-check-settings.ts';
import { pageOf } from './pages.ts';
import { checkedTags } from './tag-handlers.ts';

/** Quota "Target groups per Region". */
const TARGET_GROUPS_PER_REGION = 3_000;

export function targetGroupHandlers(world: Elbv2World): OperationHandlers<typeof sdk> {
  const { state } = world;

  return {
    CreateTargetGroup: (input, call) => {
      world.takeMutation(call);
      const wanted = newTargetGroup(input);
      const tags = checkedTags(input.Tags);
      const twin = [...state.targetGroups.values()].find(({ name }) => name === wanted.name);
      if (twin !== undefined) return { TargetGroups: [sameOrRefused(state, twin, wanted)] };
      if (state.targetGroups.size >= TARGET_GROUPS_PER_REGION) {
        throw new AwsError('TooManyTargetGroupsException', 'You have reached the limit');
      }
      const arn = targetGroupArn(world.account, wanted.name, world.nextId());
      const record = { ...wanted, arn };
      state.targetGroups.set(arn, record);
      state.tags.set(arn, tags);
      world.pushTargetGroup(arn);
      return { TargetGroups: [described(state, record)] };
    },

    DescribeTargetGroups: ({ LoadBalancerArn, TargetGroupArns, Names, ...page }) => {
      for (const arn of TargetGroupArns ?? []) state.targetGroup(arn);
      if (LoadBalancerArn !== undefined) state.loadBalancer(LoadBalancerArn);
      const all = [...state.targetGroups.values()];
      const missing = (Names ?? []).find((name) => all.every((group) => group.name !== name));
      if (missing !== undefined) {
        const what = `One or more target groups not found: ${missing}`;
        throw new AwsError('TargetGroupNotFoundException', what);
      }
      const wanted = all.filter(
        ({ arn, name }) =>
          (TargetGroupArns?.includes(arn) ?? true) &&
          (Names?.includes(name) ?? true) &&
          (LoadBalancerArn === undefined ||
            state.loadBalancersUsing(arn).includes(LoadBalancerArn)),
      );
      const { items, next } = pageOf(wanted, page);
      return { TargetGroups: items.map((group) => described(state, group)), NextMarker: next };
    },

    ModifyTargetGroup: (input, call) => {
      world.takeMutation(call);
      const record = state.targetGroup(input.TargetGroupArn);
      const changed = { ...record, health: checkedHealthCheck(record.health, input) };
      state.targetGroups.set(record.arn, changed);
      world.pushTargetGroup(record.arn);
      return { TargetGroups: [described(state, changed)] };
    },

    DeleteTargetGroup: ({ TargetGroupArn = '' }, call) => {
      world.takeMutation(call);
      if (state.loadBalancersUsing(TargetGroupArn).length > 0) {
        const what = `Target group '${TargetGroupArn}' is currently in use by a listener or a rule`;
        throw new AwsError('ResourceInUseException', what);
      }
      state.targetGroups.delete(TargetGroupArn);
      state.tags.delete(TargetGroupArn);
      world.dataPlane.removeTargetGroup(TargetGroupArn);
      return {};
    },

    DescribeTargetGroupAttributes: ({ TargetGroupArn }) => ({
      Attributes: attributeList(state.targetGroup(TargetGroupArn).attributes),
    }),

    ModifyTargetGroupAttributes: ({ TargetGroupArn, Attributes = [] }, call) => {
      world.takeMutation(call);
      const record = state.targetGroup(TargetGroupArn);
      const attributes = changedAttributes(
        attributesOf(record.protocol),
        record.attributes,
        Attributes,
      );
      state.targetGroups.set(record.arn, { ...record, attributes });
      world.pushTargetGroup(record.arn);
      return { Attributes: attributeList(attributes) };
    },
  };
}

function newTargetGroup(input: CreateTargetGroupCommandInput): Omit<TargetGroupRecord, 'arn'> {
  const { Name = '', TargetType = 'instance', Protocol, Port, VpcId } = input;
  if (!/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/.test(Name)) {
    throw new AwsError('ValidationError', `The target group name '${Name}' is not valid`);
  }
  if (Port === undefined || Protocol === undefined || VpcId === undefined) {
    throw new AwsError('ValidationError', 'Protocol, port and VPC must be specified');
  }
  if (TargetType !== 'ip' || (Protocol !== 'HTTP' && Protocol !== 'TCP')) {
    const what = `target groups of type ${TargetType} over ${Protocol} are not emulated`;
    throw new AwsError('NotImplementedException', what, { httpStatus: 501 });
  }
  return {
    name: Name,
    protocol: Protocol,
    port: Port,
    health: checkedHealthCheck(
      Protocol === 'HTTP' ? DEFAULT_HEALTH_CHECK : DEFAULT_TCP_HEALTH_CHECK,
      input,
    ),
    description: {
      VpcId,
      TargetType,
      IpAddressType: 'ipv4',
      ...(Protocol === 'HTTP' ? { ProtocolVersion: input.ProtocolVersion ?? 'HTTP1' } : {}),
    },
    attributes: defaultAttributes(attributesOf(Protocol)),
  };
}

function attributesOf(protocol: TargetGroupRecord['protocol']): typeof TARGET_GROUP_ATTRIBUTES {
  return protocol === 'HTTP' ? TARGET_GROUP_ATTRIBUTES : TCP_TARGET_GROUP_ATTRIBUTES;
}

function sameOrRefused(
  state: Elbv2State,
  twin: TargetGroupRecord,
  wanted: Omit<TargetGroupRecord, 'arn'>,
): TargetGroup {
  const settings = ({
    protocol,
    port,
    health,
    description,
  }: Omit<TargetGroupRecord, 'arn'>): string =>
    JSON.stringify({ protocol, port, health, description });
  if (settings(twin) !== settings(wanted)) {
    const what = `A target group with the name '${twin.name}' exists with different settings`;
    throw new AwsError('DuplicateTargetGroupNameException', what);
  }
  return described(state, twin);
}

function described(state: Elbv2State, group: TargetGroupRecord): TargetGroup {
  const { health } = group;
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol,
    Port: group.port,
    HealthCheckProtocol: health.protocol,
    HealthCheckPort: health.port,
    HealthCheckEnabled: health.enabled,
    HealthCheckIntervalSeconds: health.intervalSeconds,
    HealthCheckTimeoutSeconds: health.timeoutSeconds,
    HealthyThresholdCount: health.healthyThreshold,
    UnhealthyThresholdCount: health.unhealthyThreshold,
    ...(health.protocol === 'HTTP'
      ? { HealthCheckPath: health.path, Matcher: { HttpCode: health.matcher } }
      : {}),
    LoadBalancerArns: [...state.loadBalancersUsing(group.arn)],
    ...group.description,
  };
}
