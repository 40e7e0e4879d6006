/**
 * Actions and conditions as the controller sends them, and whether what stands there is what it wants. It looks past what a
 * reader may not see: the order's number, the weight of a lone target group, the order of target groups and of
 * conditions, and a stickiness that the Ingress does not mention at all, which therefore stays whatever it is. Pure.
 * Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, pkg/equality/elbv2/compare_option_for_actions.go
 */
import type {
  Action,
  RuleCondition,
  TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionModel } from './backend-action.ts';

export function sdkActions(model: ActionModel, arnOf: (resourceId: string) => string): Action[] {
  if (model.kind === 'fixed-response') {
    const { statusCode, contentType, messageBody } = model;
    const FixedResponseConfig = {
      StatusCode: statusCode,
      ...(contentType === undefined ? {} : { ContentType: contentType }),
      ...(messageBody === undefined ? {} : { MessageBody: messageBody }),
    };
    return [{ Type: 'fixed-response', Order: 1, FixedResponseConfig }];
  }
  const TargetGroups = model.tuples.map((tuple) => ({
    TargetGroupArn: 'resourceId' in tuple ? arnOf(tuple.resourceId) : tuple.targetGroupArn,
    ...(tuple.weight === undefined ? {} : { Weight: tuple.weight }),
  }));
  const { stickiness } = model;
  const config = {
    ...(stickiness?.enabled === undefined ? {} : { Enabled: stickiness.enabled }),
    ...(stickiness?.durationSeconds === undefined
      ? {}
      : { DurationSeconds: stickiness.durationSeconds }),
  };
  const ForwardConfig = {
    TargetGroups,
    ...(stickiness === null ? {} : { TargetGroupStickinessConfig: config }),
  };
  return [{ Type: 'forward', Order: 1, ForwardConfig }];
}

export function areSameActions(wanted: readonly Action[], found: readonly Action[]): boolean {
  return (
    wanted.length === found.length &&
    wanted.every((action, index) => {
      const other = found[index];
      return other !== undefined && isSameAction(action, other);
    })
  );
}

export function areSameConditions(
  wanted: readonly RuleCondition[],
  found: readonly RuleCondition[],
): boolean {
  const texts = (conditions: readonly RuleCondition[]): string =>
    JSON.stringify(conditions.map(conditionText).toSorted());
  return texts(wanted) === texts(found);
}

function isSameAction(wanted: Action, found: Action): boolean {
  if (wanted.Type !== found.Type) return false;
  if (wanted.Type === 'fixed-response')
    return fixedText(wanted.FixedResponseConfig) === fixedText(found.FixedResponseConfig);
  const sticky = wanted.ForwardConfig?.TargetGroupStickinessConfig;
  return (
    tuplesText(wanted.ForwardConfig?.TargetGroups) ===
      tuplesText(found.ForwardConfig?.TargetGroups) &&
    (sticky === undefined ||
      stickyText(sticky) === stickyText(found.ForwardConfig?.TargetGroupStickinessConfig))
  );
}

function fixedText(config: Action['FixedResponseConfig']): string {
  return JSON.stringify([config?.StatusCode, config?.ContentType ?? '', config?.MessageBody ?? '']);
}

function tuplesText(tuples: readonly TargetGroupTuple[] = []): string {
  const [only] = tuples;
  if (only !== undefined && tuples.length === 1) return JSON.stringify([only.TargetGroupArn]);
  return JSON.stringify(
    tuples.map(({ TargetGroupArn, Weight }) => `${TargetGroupArn} ${Weight}`).toSorted(),
  );
}

/** AWS describes a stickiness that is off without its duration. */
function stickyText(
  config: { Enabled?: boolean | undefined; DurationSeconds?: number | undefined } = {},
): string {
  return config.Enabled === true ? `on ${String(config.DurationSeconds)}` : 'off';
}

function conditionText(condition: RuleCondition): string {
  const { Field, HttpHeaderConfig } = condition;
  const values =
    HttpHeaderConfig?.Values ??
    condition.HostHeaderConfig?.Values ??
    condition.PathPatternConfig?.Values ??
    condition.HttpRequestMethodConfig?.Values ??
    condition.SourceIpConfig?.Values ??
    condition.Values ??
    [];
  return JSON.stringify([Field, HttpHeaderConfig?.HttpHeaderName ?? '', values.toSorted()]);
}
