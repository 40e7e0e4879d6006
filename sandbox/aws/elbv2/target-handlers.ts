/**
 * Targets of target groups: registered, deregistered and described. Their health is what the data plane's probes found;
 * nothing is kept here. Source: docs elasticloadbalancing/latest/APIReference/API_RegisterTargets.html,
 * API_DescribeTargetHealth.html, application/load-balancer-target-groups.html#target-type
 */
import { BlockList, isIPv4 } from 'node:net';
import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  TargetDescription,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroup } from '#sandbox/data-plane/target-group.ts';
import type { TargetAddress } from '#sandbox/data-plane/target-network.ts';
import type { TargetHealth } from '#sandbox/data-plane/target.ts';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import type { TargetGroupRecord } from './elbv2-state.ts';
import type { Elbv2World } from './elbv2-world.ts';

/** Quota "Targets per Target Group per Region (instances or IP addresses)". */
const TARGETS_PER_GROUP = 1_000;

/** Addresses a target may have: RFC 1918 and RFC 6598. */
const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addSubnet('100.64.0.0', 10);

export function targetHandlers(world: Elbv2World): OperationHandlers<typeof sdk> {
  const { state } = world;

  return {
    RegisterTargets: ({ TargetGroupArn, Targets = [] }, call) => {
      world.takeMutation(call);
      const record = state.targetGroup(TargetGroupArn);
      const group = played(world, record);
      const addresses = Targets.map((target) => checkedAddress(record, target));
      if (group.describe().length + addresses.length > TARGETS_PER_GROUP) {
        throw new AwsError('TooManyTargetsException', 'You have reached the limit on targets');
      }
      for (const address of addresses) group.register(address);
      return {};
    },

    DeregisterTargets: ({ TargetGroupArn, Targets = [] }, call) => {
      world.takeMutation(call);
      const record = state.targetGroup(TargetGroupArn);
      const group = played(world, record);
      for (const { Id = '', Port } of Targets) {
        // Without a port every registration of the address goes (API_DeregisterTargets).
        const leaving = group
          .describe()
          .filter(
            ({ address }) =>
              address.address === Id && (Port === undefined || address.port === Port),
          );
        for (const { address } of leaving) group.deregister(address);
      }
      return {};
    },

    DescribeTargetHealth: ({ TargetGroupArn, Targets }) => {
      const record = state.targetGroup(TargetGroupArn);
      const all = played(world, record).describe();
      if (Targets === undefined) {
        return {
          TargetHealthDescriptions: all.map(({ address, health }) =>
            described(world, record, address, health),
          ),
        };
      }
      return {
        TargetHealthDescriptions: Targets.map((target) => {
          const asked = { address: target.Id ?? '', port: target.Port ?? record.port };
          const known = all.find(({ address }) => key(address) === key(asked));
          return described(world, record, asked, known?.health);
        }),
      };
    },
  };
}

function played({ dataPlane }: Elbv2World, { arn }: TargetGroupRecord): TargetGroup {
  const group = dataPlane.targetGroup(arn);
  if (group === undefined) throw new TypeError(`the data plane does not know ${arn}`);
  return group;
}

function checkedAddress(
  record: TargetGroupRecord,
  { Id = '', Port }: TargetDescription,
): TargetAddress {
  if (!isIPv4(Id) || !PRIVATE.check(Id)) {
    throw new AwsError(
      'InvalidTargetException',
      `The IP address '${Id}' is not a valid private IPv4 address`,
    );
  }
  return { address: Id, port: Port ?? record.port };
}

function described(
  { account }: Elbv2World,
  record: TargetGroupRecord,
  { address, port }: TargetAddress,
  health: TargetHealth | undefined,
): TargetHealthDescription {
  const zone = account.network
    .subnets()
    .find((subnet) => within(subnet.cidrBlock, address))?.availabilityZone;
  return {
    Target: { Id: address, Port: port, AvailabilityZone: zone },
    HealthCheckPort: record.health.port === 'traffic-port' ? String(port) : record.health.port,
    TargetHealth:
      health === undefined
        ? {
            State: 'unused',
            Reason: 'Target.NotRegistered',
            Description: 'Target is not registered to the target group',
          }
        : { State: health.state, Reason: health.reason, Description: health.description },
  };
}

function within(cidr: string, address: string): boolean {
  const [network = '', prefix = '32'] = cidr.split('/');
  const range = new BlockList();
  range.addSubnet(network, Number(prefix));
  return range.check(address);
}

function key({ address, port }: TargetAddress): string {
  return `${address}:${port}`;
}
