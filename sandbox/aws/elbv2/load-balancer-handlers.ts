/**
 * Application and Network Load Balancers: the former in two zones at least, the latter in one; `provisioning` for a moment, deleted with their listeners and
 * rules. Creating one again with the same settings answers the existing one. The DNS name is this machine, because the
 * data plane listens here. Source: docs elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 */
import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  CreateLoadBalancerCommandInput,
  LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { loadBalancerArn } from './arns.ts';
import {
  attributeList,
  changedAttributes,
  defaultAttributes,
  LOAD_BALANCER_ATTRIBUTES,
  NETWORK_LOAD_BALANCER_ATTRIBUTES,
} from './attributes.ts';
import type { LoadBalancerRecord } from './elbv2-state.ts';
import type { Elbv2World } from './elbv2-world.ts';
import { pageOf } from './pages.ts';
import { checkedTags } from './tag-handlers.ts';

export const LOCAL_DNS_NAME = '127.0.0.1';
/** Hosted zone of ALBs in eu-west-1; docs general/latest/gr/elb.html */
export const CANONICAL_HOSTED_ZONE = 'Z32O12XQLNTSW2';
/** Of NLBs, same page. */
const NETWORK_CANONICAL_HOSTED_ZONE = 'Z2IFOLAFXWLO4F';
const PROVISIONING_MS = 1_500;

export function loadBalancerHandlers(world: Elbv2World): OperationHandlers<typeof sdk> {
  const { state } = world;

  return {
    CreateLoadBalancer: (input, call) => {
      world.takeMutation(call);
      const existing = [...state.loadBalancers.values()].find(({ name }) => name === input.Name);
      if (existing !== undefined) return { LoadBalancers: [sameOrRefused(existing, input)] };
      const record = newLoadBalancer(world, input);
      state.tags.set(record.arn, checkedTags(input.Tags));
      state.loadBalancers.set(record.arn, record);
      world.account.clock.after(PROVISIONING_MS, () => activate(world, record.arn));
      return { LoadBalancers: [described(record)] };
    },

    DescribeLoadBalancers: ({ LoadBalancerArns, Names, ...page }) => {
      for (const arn of LoadBalancerArns ?? []) state.loadBalancer(arn);
      const all = [...state.loadBalancers.values()];
      const missing = (Names ?? []).find((name) => all.every((record) => record.name !== name));
      if (missing !== undefined) {
        const what = `Load balancers '[${missing}]' not found`;
        throw new AwsError('LoadBalancerNotFoundException', what);
      }
      const wanted = all.filter(
        ({ arn, name }) =>
          (LoadBalancerArns?.includes(arn) ?? true) && (Names?.includes(name) ?? true),
      );
      const { items, next } = pageOf(wanted.map(described), page);
      return { LoadBalancers: items, NextMarker: next };
    },

    DeleteLoadBalancer: async ({ LoadBalancerArn = '' }, call) => {
      world.takeMutation(call);
      const record = state.loadBalancers.get(LoadBalancerArn);
      // Deleting what is not there succeeds (API_DeleteLoadBalancer).
      if (record === undefined) return {};
      if (record.attributes.get('deletion_protection.enabled') === 'true') {
        throw new AwsError(
          'OperationNotPermittedException',
          `Load balancer '${record.arn}' cannot be deleted because deletion protection is enabled`,
        );
      }
      await remove(world, record);
      return {};
    },

    DescribeLoadBalancerAttributes: ({ LoadBalancerArn }) => ({
      Attributes: attributeList(state.loadBalancer(LoadBalancerArn).attributes),
    }),

    ModifyLoadBalancerAttributes: ({ LoadBalancerArn, Attributes = [] }, call) => {
      world.takeMutation(call);
      const record = state.loadBalancer(LoadBalancerArn);
      const attributes = changedAttributes(
        attributesOf(record.description.Type),
        record.attributes,
        Attributes,
      );
      state.loadBalancers.set(record.arn, { ...record, attributes });
      world.pushRouting(record.arn);
      return { Attributes: attributeList(attributes) };
    },
  };
}

function newLoadBalancer(
  world: Elbv2World,
  input: CreateLoadBalancerCommandInput,
): LoadBalancerRecord {
  const { Name = '', Type = 'application', Scheme = 'internet-facing' } = input;
  if (Type !== 'application' && Type !== 'network') {
    const what = `load balancers of type ${Type} are not emulated`;
    throw new AwsError('NotImplementedException', what, { httpStatus: 501 });
  }
  if (!/^(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/.test(Name)) {
    throw new AwsError('ValidationError', `The load balancer name '${Name}' is not valid`);
  }
  const subnets = subnetIdsOf(input).map((id) => {
    const subnet = world.account.network.subnet(id);
    if (subnet === undefined) {
      throw new AwsError('SubnetNotFoundException', `The subnet ID '${id}' does not exist`);
    }
    return subnet;
  });
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone)).size;
  if (zones < (Type === 'application' ? 2 : 1)) {
    throw new AwsError(
      'ValidationError',
      Type === 'application'
        ? 'At least two subnets in two different Availability Zones must be specified'
        : 'At least one subnet must be specified',
    );
  }
  for (const group of input.SecurityGroups ?? []) {
    if (world.account.network.securityGroup(group) === undefined) {
      const what = `Security group '${group}' does not exist`;
      throw new AwsError('InvalidSecurityGroupException', what);
    }
  }
  return {
    arn: loadBalancerArn(
      world.account,
      Name,
      world.nextId(),
      Type === 'application' ? 'app' : 'net',
    ),
    name: Name,
    attributes: defaultAttributes(attributesOf(Type)),
    description: {
      DNSName: world.nextAddress(),
      CanonicalHostedZoneId:
        Type === 'application' ? CANONICAL_HOSTED_ZONE : NETWORK_CANONICAL_HOSTED_ZONE,
      CreatedTime: world.account.clock.now(),
      Scheme,
      VpcId: subnets[0]?.vpcId,
      State: { Code: 'provisioning' },
      Type,
      AvailabilityZones: subnets.map(({ subnetId, availabilityZone }) => ({
        ZoneName: availabilityZone,
        SubnetId: subnetId,
        LoadBalancerAddresses: [],
      })),
      SecurityGroups: input.SecurityGroups ?? [],
      IpAddressType: 'ipv4',
    },
  };
}

function attributesOf(type: LoadBalancer['Type']): typeof LOAD_BALANCER_ATTRIBUTES {
  return type === 'network' ? NETWORK_LOAD_BALANCER_ATTRIBUTES : LOAD_BALANCER_ATTRIBUTES;
}

function activate(world: Elbv2World, arn: string): void {
  const record = world.state.loadBalancers.get(arn);
  if (record === undefined) return;
  const description: LoadBalancerRecord['description'] = {
    ...record.description,
    State: { Code: 'active' },
  };
  world.state.loadBalancers.set(arn, { ...record, description });
}

async function remove(
  { state, dataPlane }: Elbv2World,
  { arn }: LoadBalancerRecord,
): Promise<void> {
  for (const listener of state.listenersOf(arn)) {
    for (const rule of state.rulesOf(listener.arn)) {
      state.rules.delete(rule.arn);
      state.tags.delete(rule.arn);
    }
    state.listeners.delete(listener.arn);
    state.tags.delete(listener.arn);
    await dataPlane.closeListener(listener.arn);
  }
  state.loadBalancers.delete(arn);
  state.tags.delete(arn);
  dataPlane.removeLoadBalancer(arn);
}

function sameOrRefused(
  existing: LoadBalancerRecord,
  input: CreateLoadBalancerCommandInput,
): LoadBalancer {
  const { Scheme = 'internet-facing', SecurityGroups = [] } = input;
  const { description } = existing;
  const subnets = description.AvailabilityZones?.flatMap(({ SubnetId }) => SubnetId ?? []) ?? [];
  const same =
    description.Scheme === Scheme &&
    sameMembers(subnets, subnetIdsOf(input)) &&
    sameMembers(description.SecurityGroups ?? [], SecurityGroups);
  if (!same) {
    throw new AwsError(
      'DuplicateLoadBalancerNameException',
      `A load balancer with the name '${existing.name}' exists with different settings`,
    );
  }
  return described(existing);
}

function subnetIdsOf(input: CreateLoadBalancerCommandInput): readonly string[] {
  return input.Subnets ?? input.SubnetMappings?.flatMap(({ SubnetId }) => SubnetId ?? []) ?? [];
}

function sameMembers(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}

function described({ arn, name, description }: LoadBalancerRecord): LoadBalancer {
  return { LoadBalancerArn: arn, LoadBalancerName: name, ...description };
}
