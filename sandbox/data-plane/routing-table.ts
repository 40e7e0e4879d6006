/**
 * The table of routing state that the control plane (ELBv2) pushes and a load balancer node serves by: listeners, their
 * rules in the order in which they are tried, and what each rule does. It is a value: the control plane builds a new one
 * for every change, and a node replaces its old one as a whole. Invariant: the rules of a listener are sorted by
 * priority and the last one is the default rule, which has no conditions.
 */

/** All values of one condition are alternatives; the conditions of one rule must all hold. */
export type RuleCondition =
  | { readonly kind: 'host-header'; readonly values: readonly string[] }
  | { readonly kind: 'path-pattern'; readonly values: readonly string[] }
  | { readonly kind: 'http-header'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'http-request-method'; readonly values: readonly string[] }
  | { readonly kind: 'query-string'; readonly values: readonly QueryStringValue[] }
  | { readonly kind: 'source-ip'; readonly cidrs: readonly string[] };

/** A pair that the query string must hold; without `key` any parameter may carry the value. */
interface QueryStringValue {
  readonly key?: string;
  readonly value: string;
}

/** One target group of a forward action; `weight` is ELBv2's 0–999, and 0 means no request that is not sticky. */
interface WeightedTargetGroup {
  readonly targetGroupArn: string;
  readonly weight: number;
}

export interface ForwardAction {
  readonly kind: 'forward';
  readonly targetGroups: readonly WeightedTargetGroup[];
  /** Undefined where target group stickiness is off; 1–604800 s as in ELBv2. */
  readonly stickySeconds?: number;
}

export interface FixedResponseAction {
  readonly kind: 'fixed-response';
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}

/** `#{host}`, `#{path}`, `#{query}`, `#{port}` and `#{protocol}` stand for the request's own. */
export interface RedirectAction {
  readonly kind: 'redirect';
  readonly statusCode: 301 | 302;
  readonly protocol: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
}

/** What ends a rule. Authentication actions before it are passed through by this data plane and are not listed. */
export type RoutingAction = ForwardAction | FixedResponseAction | RedirectAction;

export interface RoutingRule {
  readonly ruleArn: string;
  readonly conditions: readonly RuleCondition[];
  readonly action: RoutingAction;
}

export interface ListenerRouting {
  readonly listenerArn: string;
  readonly rules: readonly RoutingRule[];
}

/** Everything that one load balancer serves by. */
export interface RoutingTable {
  readonly loadBalancerArn: string;
  readonly listeners: readonly ListenerRouting[];
  /** How long a target may stay silent before the answer is 504; ELBv2's `idle_timeout.timeout_seconds`. */
  readonly idleTimeoutMs: number;
}

/** ARNs of all target groups that a rule names, at any weight: these are in use and get health checks. */
export function targetGroupsOf(table: RoutingTable): ReadonlySet<string> {
  return new Set(
    table.listeners.flatMap((listener) =>
      listener.rules.flatMap((rule) =>
        rule.action.kind === 'forward'
          ? rule.action.targetGroups.map((group) => group.targetGroupArn)
          : [],
      ),
    ),
  );
}
