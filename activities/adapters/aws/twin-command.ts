import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { shellWord } from '#domain/capsule/capsule-commands.ts';
import { greenNameLike } from '#domain/plan-draft/green-name.ts';

/** The call that makes a target group like this one, for green. ELBv2 names: at most 32 characters, no hyphen at an end. */
export function twinCommand(group: TargetGroup): string {
  const { HealthCheckPath, HealthCheckPort, Matcher, ProtocolVersion, Port } = group;
  const matcher = Matcher?.HttpCode ?? Matcher?.GrpcCode;
  const options: readonly (readonly [string, string | number | undefined])[] = [
    ['name', nameLike(group.TargetGroupName ?? '')],
    ['protocol', group.Protocol],
    ['protocol-version', group.Protocol === 'HTTP' ? ProtocolVersion : undefined],
    ['port', Port],
    ['vpc-id', group.VpcId],
    ['target-type', group.TargetType],
    ['ip-address-type', group.IpAddressType],
    ['health-check-protocol', group.HealthCheckProtocol],
    ['health-check-port', HealthCheckPort],
    ['health-check-path', HealthCheckPath],
    ['health-check-interval-seconds', group.HealthCheckIntervalSeconds],
    ['health-check-timeout-seconds', group.HealthCheckTimeoutSeconds],
    ['healthy-threshold-count', group.HealthyThresholdCount],
    ['unhealthy-threshold-count', group.UnhealthyThresholdCount],
    [
      'matcher',
      matcher === undefined
        ? undefined
        : `${Matcher?.GrpcCode === undefined ? 'HttpCode' : 'GrpcCode'}=${matcher}`,
    ],
  ];
  const words = options.flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option} ${shellWord(String(value))}`],
  );
  return ['aws elbv2 create-target-group', ...words].join(' ');
}

const LONGEST_NAME = 32;

function nameLike(name: string): string {
  const green = greenNameLike(name);
  if (green.length <= LONGEST_NAME) return green;
  return `${name.slice(0, LONGEST_NAME - '-green'.length).replace(/-+$/u, '')}-green`;
}
