import { createHash } from 'node:crypto';
import {
  paginateDescribeListeners,
  paginateDescribeRules,
  type Listener,
  type Rule,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import { nameOfPlace, type IngressPlace } from '#domain/traffic/route-place.ts';
import type { Access } from '#activities/ports/refs.ts';
import type { AwsClients } from './aws-clients.ts';

/**
 * The rules of one Ingress backend on its load balancer. The controller numbers rules anew, and may give one another ARN,
 * whenever an Ingress of the group changes; what a rule matches on which listener stays, so that is how it is known.
 */
export interface ListenerRules {
  readonly listener: Listener;
  readonly rules: readonly Rule[];
}

export async function readListeners(
  clients: AwsClients,
  access: Access,
  LoadBalancerArn: string,
  signal: AbortSignal,
): Promise<readonly ListenerRules[]> {
  const { read: client } = clients.elb(access);
  const options = { abortSignal: signal };
  const listeners: Listener[] = [];
  const pages = paginateDescribeListeners({ client }, { LoadBalancerArn }, options);
  for await (const { Listeners } of pages) listeners.push(...(Listeners ?? []));
  return Promise.all(
    listeners.map(async (listener) => {
      const rules: Rule[] = [];
      const input = { ListenerArn: listener.ListenerArn };
      for await (const { Rules } of paginateDescribeRules({ client }, input, options))
        rules.push(...(Rules ?? []));
      return { listener, rules };
    }),
  );
}

/** What a rule matches, as a short text that is equal for equal conditions whatever their order. */
export function conditionsOf({ IsDefault, Conditions = [] }: Rule): string {
  if (IsDefault === true) return 'default';
  const text = Conditions.map(conditionText).toSorted().join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Does the rule forward to this target group, whatever else it does? */
export function forwardsTo({ Actions = [] }: Rule, targetGroupArn: string): boolean {
  return Actions.some(
    ({ Type, TargetGroupArn, ForwardConfig }) =>
      Type === 'forward' &&
      (TargetGroupArn === targetGroupArn ||
        (ForwardConfig?.TargetGroups ?? []).some(
          (group) => group.TargetGroupArn === targetGroupArn,
        )),
  );
}

export type FoundRule = Rule & { readonly RuleArn: string };

/**
 * The backend's rules now: those that forward to blue's target group, which is this backend's alone, and those that match what
 * its rules matched at the start, whatever somebody made of them. Fails `not-found` when there is none.
 */
export async function findRules(
  clients: AwsClients,
  route: IngressPlace & { readonly access: Access; readonly blueTargetGroupArn: string },
  signal: AbortSignal,
): Promise<readonly FoundRule[]> {
  const listeners = await readListeners(clients, route.access, route.loadBalancerArn, signal);
  const found = listeners.flatMap(({ listener: { ListenerArn }, rules }) => {
    const known = route.rules.filter(({ listenerArn }) => listenerArn === ListenerArn);
    return rules.flatMap((rule): readonly FoundRule[] => {
      const isOurs =
        forwardsTo(rule, route.blueTargetGroupArn) ||
        known.some(({ conditions }) => conditions === conditionsOf(rule));
      return isOurs && rule.RuleArn !== undefined ? [{ ...rule, RuleArn: rule.RuleArn }] : [];
    });
  });
  if (found.length > 0) return found;
  throw new CutoverFailure('not-found', `${route.loadBalancerArn} has no rule of it any more`, {
    resource: nameOfPlace(route),
  });
}

/** ELBv2 answers simple conditions in two ways at once; one is enough. */
function conditionText({ Field, Values, RegexValues, ...configs }: RuleCondition): string {
  const hasConfig = Object.keys(configs).length > 0;
  return stableText({ Field, ...(hasConfig ? configs : { Values, RegexValues }) });
}

/** JSON with keys and list items in order. */
function stableText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableText).toSorted().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const texts = entries.map(([key, inner]) => `${JSON.stringify(key)}:${stableText(inner)}`);
  return `{${texts.toSorted().join()}}`;
}
