/**
 * Health check settings of a target group, as given and as changed. Ranges are those of HTTP; a TCP target group has
 * defaults of its own, and may be checked by either.
 * Source: docs elasticloadbalancing/latest/application/target-group-health-checks.html, network/target-group-health-checks.html
 */
import type { ModifyTargetGroupCommandInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../core/aws-error.ts';
import type { HealthCheckRecord } from './elbv2-state.ts';

export const DEFAULT_HEALTH_CHECK: HealthCheckRecord = {
  enabled: true,
  protocol: 'HTTP',
  path: '/',
  port: 'traffic-port',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
};

export const DEFAULT_TCP_HEALTH_CHECK: HealthCheckRecord = {
  ...DEFAULT_HEALTH_CHECK,
  protocol: 'TCP',
  timeoutSeconds: 10,
};

/** The settings with what the input changes. @throws AwsError ValidationError */
export function checkedHealthCheck(
  before: HealthCheckRecord,
  input: Omit<ModifyTargetGroupCommandInput, 'TargetGroupArn'>,
): HealthCheckRecord {
  const protocol = input.HealthCheckProtocol ?? before.protocol;
  if (protocol !== 'HTTP' && protocol !== 'TCP') {
    const what = `health checks over ${protocol} are not emulated`;
    throw new AwsError('NotImplementedException', what, { httpStatus: 501 });
  }
  const after: HealthCheckRecord = {
    enabled: input.HealthCheckEnabled ?? before.enabled,
    protocol,
    path: input.HealthCheckPath ?? before.path,
    port: input.HealthCheckPort ?? before.port,
    intervalSeconds: input.HealthCheckIntervalSeconds ?? before.intervalSeconds,
    timeoutSeconds: input.HealthCheckTimeoutSeconds ?? before.timeoutSeconds,
    healthyThreshold: input.HealthyThresholdCount ?? before.healthyThreshold,
    unhealthyThreshold: input.UnhealthyThresholdCount ?? before.unhealthyThreshold,
    matcher: input.Matcher?.HttpCode ?? before.matcher,
  };
  inRange('Health check interval', after.intervalSeconds, 5, 300);
  inRange('Health check timeout', after.timeoutSeconds, 2, 120);
  inRange('Healthy threshold', after.healthyThreshold, 2, 10);
  inRange('Unhealthy threshold', after.unhealthyThreshold, 2, 10);
  if (after.timeoutSeconds >= after.intervalSeconds) {
    throw invalid('Health check timeout must be smaller than the interval');
  }
  if (!after.path.startsWith('/')) throw invalid(`Health check path '${after.path}' is not valid`);
  if (after.port !== 'traffic-port' && !/^\d{1,5}$/.test(after.port)) {
    throw invalid(`Health check port '${after.port}' is not valid`);
  }
  if (!/^[2-4]\d\d([,-][2-4]\d\d)*$/.test(after.matcher)) {
    throw invalid(`Health check matcher HTTP code '${after.matcher}' must be within 200 and 499`);
  }
  return after;
}

function inRange(what: string, value: number, min: number, max: number): void {
  if (value < min || value > max) throw invalid(`${what} must be between ${min} and ${max}`);
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);
