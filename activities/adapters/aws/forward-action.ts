import type { Action, TargetGroupTuple } from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { CutoverFailure } from '#domain/failures.ts';
import type { RuleRoute } from './alb-rules.ts';
import type { ColourWeights } from './alb-weights.ts';

/**
 * The one forward action of a rule: read, changed and put back without touching anything else. A rule that does not look as
 * the plan says is refused, because ELBv2 replaces the whole list of actions on every write and the last writer wins.
 * Pure; called by the ALB router.
 */

/** Weights as found; a colour that is not on the rule has none. */
export interface FoundForward {
  readonly action: Action;
  readonly blue: number | null;
  readonly green: number | null;
}

/** Fails `unexpected-shape` when the actions hold no forward, or one to target groups that the plan does not name. */
export function findForward(actions: readonly Action[], route: RuleRoute): FoundForward {
  const forwards = actions.filter(({ Type }) => Type === 'forward');
  const [action] = forwards;
  if (action === undefined || forwards.length > 1)
    throw unexpectedShape(route, `it has ${forwards.length} forward actions`);
  const tuples = tuplesOf(action);
  const known = [route.blueTargetGroupArn, route.greenTargetGroupArn];
  const stranger = tuples.find(({ TargetGroupArn }) => !known.includes(TargetGroupArn ?? ''));
  if (stranger !== undefined)
    throw unexpectedShape(route, `it also forwards to ${stranger.TargetGroupArn}`);
  return {
    action,
    blue: weightOf(tuples, route.blueTargetGroupArn),
    green: weightOf(tuples, route.greenTargetGroupArn),
  };
}

/** The same list with another forward action in the place of the old one. */
export function replaceForward(actions: readonly Action[], forward: Action): Action[] {
  return actions.map((action) => (action.Type === 'forward' ? forward : writable(action)));
}

/** The forward action with both colours on it; order and stickiness stay as found. */
export function forwardToBoth(found: Action, route: RuleRoute, weights: ColourWeights): Action {
  return forwardTo(found, [
    { TargetGroupArn: route.blueTargetGroupArn, Weight: weights.blue },
    { TargetGroupArn: route.greenTargetGroupArn, Weight: weights.green },
  ]);
}

/** The forward action with green alone; its weight has no meaning then, and is what ELBv2 itself would put there. */
export function forwardToGreen(found: Action, route: RuleRoute): Action {
  return forwardTo(found, [{ TargetGroupArn: route.greenTargetGroupArn, Weight: 1 }]);
}

/** The same list, ending in another action: what ends a rule is its last, whatever somebody made of it. */
export function withEnd(actions: readonly Action[], end: Action): Action[] {
  const Order = end.Order ?? actions.at(-1)?.Order;
  const ordered = Order === undefined ? end : { ...end, Order };
  return [...actions.slice(0, -1).map(writable), ordered];
}

/** The way back where sessions stick, or where the rule is not as we left it: blue alone, and no session held. */
export function forwardToBlueAlone({ blueTargetGroupArn }: RuleRoute): Action {
  const TargetGroups = [{ TargetGroupArn: blueTargetGroupArn, Weight: 1 }];
  return { Type: 'forward', ForwardConfig: { TargetGroups } };
}

/** How long the action holds a session on one target group, in seconds; null where it does not. */
export function stickySecondsOf(forward: Action): number | null {
  const stickiness = forward.ForwardConfig?.TargetGroupStickinessConfig;
  return stickiness?.Enabled === true ? (stickiness.DurationSeconds ?? 1) : null;
}

function forwardTo(found: Action, targetGroups: TargetGroupTuple[]): Action {
  const stickiness = found.ForwardConfig?.TargetGroupStickinessConfig;
  return {
    Type: 'forward',
    ...(found.Order === undefined ? {} : { Order: found.Order }),
    ForwardConfig: {
      TargetGroups: targetGroups,
      ...(stickiness === undefined ? {} : { TargetGroupStickinessConfig: stickiness }),
    },
  };
}

const noteSchema = z.strictObject({
  Type: z.literal('forward'),
  Order: z.int().optional(),
  TargetGroupArn: z.string().optional(),
  ForwardConfig: z
    .strictObject({
      TargetGroups: z.array(
        z.strictObject({ TargetGroupArn: z.string(), Weight: z.int().optional() }),
      ),
      TargetGroupStickinessConfig: z
        .strictObject({ Enabled: z.boolean().optional(), DurationSeconds: z.int().optional() })
        .optional(),
    })
    .optional(),
});

/** The forward action as text, always in the same order of fields: equal notes are equal actions. */
export function noteOf(forward: Action): string {
  return JSON.stringify(noteSchema.parse(forward));
}

/** The action of a note; fails `internal` for a text that `noteOf` did not make. */
export function actionOfNote(note: string, route: RuleRoute): Action {
  const parsed = noteSchema.safeParse(parsedJson(note));
  if (parsed.success) return parsed.data;
  throw new CutoverFailure('internal', 'the note of the rule as it was cannot be read', {
    resource: route.ruleArn,
    cause: parsed.error,
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is missing, and what the plan needs. */
export function unexpectedShape(route: RuleRoute, what: string): CutoverFailure {
  return new CutoverFailure(
    'unexpected-shape',
    `the rule is not as route ${route.id} needs it: ${what}; expected is one forward action to ` +
      `${route.blueTargetGroupArn}, or to it and ${route.greenTargetGroupArn}`,
    { resource: route.ruleArn },
  );
}

/** ELBv2 answers a lone target group in both ways, or in the short one only. */
function tuplesOf(action: Action): readonly TargetGroupTuple[] {
  const tuples = action.ForwardConfig?.TargetGroups ?? [];
  if (tuples.length > 0 || action.TargetGroupArn === undefined) return tuples;
  return [{ TargetGroupArn: action.TargetGroupArn }];
}

function weightOf(tuples: readonly TargetGroupTuple[], arn: string): number | null {
  const tuple = tuples.find(({ TargetGroupArn }) => TargetGroupArn === arn);
  return tuple === undefined ? null : (tuple.Weight ?? 1);
}

/** ELBv2 never answers the OIDC client's secret; without this mark it would ask for it again on every write. */
function writable(action: Action): Action {
  const oidc = action.AuthenticateOidcConfig;
  if (oidc === undefined) return action;
  return { ...action, AuthenticateOidcConfig: { ...oidc, UseExistingClientSecret: true } };
}
