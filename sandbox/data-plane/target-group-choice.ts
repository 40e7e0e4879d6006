/**
 * Chooses the target group of a forward action for one request: by weight, or by the AWSALBTG cookie where the rule has
 * target group stickiness. Two facts of ELBv2 live here (docs: application/rule-action-types.html,
 * edit-target-group-attributes.html#target-group-stickiness): weight 0 gets no request that is not sticky, and a sticky
 * request stays with its group at any weight, 0 included, until the cookie ends or the rule no longer names the group.
 */
import type { Random } from './seeded-random.ts';
import type { ForwardAction } from './routing-table.ts';

const STICKY_COOKIE = 'AWSALBTG';

export interface TargetGroupChoice {
  readonly targetGroupArn: string;
  /** Set where the answer must carry a new cookie. */
  readonly setCookie?: string;
}

/** The group for this request, or undefined where every weight is 0. */
export function chooseTargetGroup(
  action: ForwardAction,
  request: { readonly cookieHeader: string | undefined; readonly nowMs: number },
  random: Random,
): TargetGroupChoice | undefined {
  if (action.stickySeconds === undefined) return chooseByWeight(action, random);

  const sticky = stickyTargetGroup(request.cookieHeader, request.nowMs);
  if (sticky !== undefined && action.targetGroups.some((g) => g.targetGroupArn === sticky)) {
    return { targetGroupArn: sticky };
  }
  const chosen = chooseByWeight(action, random);
  if (chosen === undefined) return undefined;
  return {
    ...chosen,
    setCookie: stickyCookie(chosen.targetGroupArn, action.stickySeconds, request.nowMs),
  };
}

function chooseByWeight(action: ForwardAction, random: Random): TargetGroupChoice | undefined {
  const total = action.targetGroups.reduce((sum, group) => sum + group.weight, 0);
  let point = Math.floor(random() * total);
  for (const group of action.targetGroups) {
    // Whole numbers and strictly below: a group of weight 0 has an empty interval even at point 0.
    if (point < group.weight) return { targetGroupArn: group.targetGroupArn };
    point -= group.weight;
  }
  return undefined;
}

function stickyCookie(targetGroupArn: string, seconds: number, nowMs: number): string {
  const value = Buffer.from(`${nowMs + seconds * 1000} ${targetGroupArn}`).toString('base64url');
  const expires = new Date(nowMs + seconds * 1000).toUTCString();
  return `${STICKY_COOKIE}=${value}; Expires=${expires}; Path=/`;
}

/** AWS encrypts the cookie; ours is only encoded, and the end is inside so that a client cannot outlive it. */
function stickyTargetGroup(cookieHeader: string | undefined, nowMs: number): string | undefined {
  const value = new RegExp(`(?:^|;\\s*)${STICKY_COOKIE}=([^;]*)`).exec(cookieHeader ?? '')?.[1];
  if (value === undefined) return undefined;
  const [endsAtMs, targetGroupArn] = Buffer.from(value, 'base64url').toString().split(' ');
  return Number(endsAtMs) > nowMs ? targetGroupArn : undefined;
}
