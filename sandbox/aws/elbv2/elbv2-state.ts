/**
 * What exists in Elastic Load Balancing: plain records by ARN, and look-ups that refuse with AWS's errors. Records are
 * replaced, never changed in place. Actions and conditions are held in the form in which AWS describes them (see
 * rule-actions.ts, rule-conditions.ts). Written by the handlers and the seed.
 */
import type {
  Action,
  LoadBalancer,
  RuleCondition,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../core/aws-error.ts';
import type { Attributes } from './attributes.ts';

export interface LoadBalancerRecord {
  readonly arn: string;
  readonly name: string;
  readonly description: Omit<LoadBalancer, 'LoadBalancerArn' | 'LoadBalancerName'>;
  readonly attributes: Attributes;
}

export interface ListenerRecord {
  readonly arn: string;
  readonly loadBalancerArn: string;
  readonly protocol: TrafficProtocol;
  readonly port: number;
  readonly attributes: Attributes;
}

/** `HTTP` belongs to Application, `TCP` to Network Load Balancers. */
export type TrafficProtocol = 'HTTP' | 'TCP';

export interface RuleRecord {
  readonly arn: string;
  readonly listenerArn: string;
  readonly priority: number | 'default';
  readonly conditions: readonly RuleCondition[];
  readonly actions: readonly Action[];
}

export interface TargetGroupRecord {
  readonly arn: string;
  readonly name: string;
  readonly protocol: TrafficProtocol;
  readonly port: number;
  readonly health: HealthCheckRecord;
  readonly description: Pick<
    TargetGroup,
    'VpcId' | 'TargetType' | 'IpAddressType' | 'ProtocolVersion'
  >;
  readonly attributes: Attributes;
}

export interface HealthCheckRecord {
  readonly enabled: boolean;
  readonly protocol: TrafficProtocol;
  readonly path: string;
  /** `traffic-port` or a number. */
  readonly port: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly matcher: string;
}

export class Elbv2State {
  readonly loadBalancers = new Map<string, LoadBalancerRecord>();
  readonly listeners = new Map<string, ListenerRecord>();
  readonly rules = new Map<string, RuleRecord>();
  readonly targetGroups = new Map<string, TargetGroupRecord>();
  /** Tags by ARN, of any resource. */
  readonly tags = new Map<string, ReadonlyMap<string, string>>();

  loadBalancer(arn: string | undefined): LoadBalancerRecord {
    return found(this.loadBalancers, arn, 'LoadBalancerNotFoundException', 'Load balancer');
  }

  listener(arn: string | undefined): ListenerRecord {
    return found(this.listeners, arn, 'ListenerNotFoundException', 'Listener');
  }

  rule(arn: string | undefined): RuleRecord {
    return found(this.rules, arn, 'RuleNotFoundException', 'Rule');
  }

  targetGroup(arn: string | undefined): TargetGroupRecord {
    return found(this.targetGroups, arn, 'TargetGroupNotFoundException', 'Target group');
  }

  listenersOf(loadBalancerArn: string): readonly ListenerRecord[] {
    return [...this.listeners.values()].filter((l) => l.loadBalancerArn === loadBalancerArn);
  }

  /** In the order in which they are tried: by priority, the default rule last. */
  rulesOf(listenerArn: string): readonly RuleRecord[] {
    const rank = ({ priority }: RuleRecord): number =>
      priority === 'default' ? Number.POSITIVE_INFINITY : priority;
    return [...this.rules.values()]
      .filter((rule) => rule.listenerArn === listenerArn)
      .sort((a, b) => rank(a) - rank(b));
  }

  /** Load balancers of whose rules at least one names the target group: for an ALB's group never more than one. */
  loadBalancersUsing(targetGroupArn: string): readonly string[] {
    const listeners = [...this.rules.values()]
      .filter((rule) => targetGroupArnsOf(rule.actions).includes(targetGroupArn))
      .map((rule) => this.listener(rule.listenerArn));
    return [...new Set(listeners.map((listener) => listener.loadBalancerArn))];
  }
}

export function targetGroupArnsOf(actions: readonly Action[]): readonly string[] {
  return actions.flatMap((action) =>
    (action.ForwardConfig?.TargetGroups ?? []).flatMap(
      ({ TargetGroupArn }) => TargetGroupArn ?? [],
    ),
  );
}

function found<T>(
  records: ReadonlyMap<string, T>,
  arn: string | undefined,
  errorCode: string,
  kind: string,
): T {
  const record = records.get(arn ?? '');
  if (record === undefined) throw new AwsError(errorCode, `${kind} '${arn ?? ''}' not found`);
  return record;
}
