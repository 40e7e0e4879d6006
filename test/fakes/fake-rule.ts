import { CutoverFailure } from '#domain/failures.ts';
import type { WeightsOwner } from '#domain/traffic/weights-owner.ts';
import { nameOfPlace, type RoutePlace } from '#domain/traffic/route-place.ts';
import type { Timeline } from './timeline.ts';

/** A weighted place as ELBv2 keeps it: a list of actions that is replaced as a whole. */
export interface FakeRule {
  readonly place: RoutePlace;
  readonly loadBalancerArn: string;
  readonly frontDoorUrl: string;
  readonly blueTargetGroupArn: string;
  readonly greenTargetGroupArn: string;
  ownedByCluster: string | null;
  /** Who else writes it, as its tags tell. */
  weightsOwner?: WeightsOwner;
  /** As the API gives them; a rollback must leave them byte-identical. */
  actions: readonly FakeAction[];
  /** Green's share as users meet it. */
  readonly greenPercent: Timeline<number>;
}

export interface FakeAction {
  readonly type: string;
  readonly order: number;
  readonly targetGroups?: readonly { readonly arn: string; readonly weight: number }[];
  readonly stickySeconds?: number;
}

/** Green's share by its weights, rounded to 0.1 %; null when green is not on the rule. */
export function percentOf(rule: FakeRule): number | null {
  const groups = forwardOf(rule);
  const green = groups.find(({ arn }) => arn === rule.greenTargetGroupArn);
  if (green === undefined) return null;
  const all = groups.reduce((sum, { weight }) => sum + weight, 0);
  return Math.round((1000 * green.weight) / all) / 10;
}

export function forwardOf(
  rule: FakeRule,
): readonly { readonly arn: string; readonly weight: number }[] {
  return (
    rule.actions.find((action) => action.type === 'forward')?.targetGroups ??
    misshapen(rule, 'has no forward')
  );
}

export function replaceForward(
  rule: FakeRule,
  targetGroups: readonly { readonly arn: string; readonly weight: number }[],
): void {
  rule.actions = rule.actions.map((action) =>
    action.type === 'forward' ? { ...action, targetGroups } : action,
  );
}

export function stickySecondsOf(rule: FakeRule): number | null {
  return rule.actions.find(({ type }) => type === 'forward')?.stickySeconds ?? null;
}

/** Null: every request is drawn anew. */
export function stick(rule: FakeRule, seconds: number | null): void {
  rule.actions = rule.actions.map((action) => {
    if (action.type !== 'forward') return action;
    const { stickySeconds: _, ...rest } = action;
    return seconds === null ? rest : { ...rest, stickySeconds: seconds };
  });
}

export function misshapen(rule: FakeRule, what: string): never {
  throw new CutoverFailure('unexpected-shape', `the rule ${what}`, {
    resource: nameOfPlace(rule.place),
  });
}
