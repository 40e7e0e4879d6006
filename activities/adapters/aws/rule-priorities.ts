/**
 * Where a rule can be put above another. Lower numbers are tried first. Pure; called by the smoke door. Source: ELBv2 API
 * reference, CreateRule ("Priority … 1 to 50,000") and SetRulePriorities.
 */
const HIGHEST_NUMBER = 50_000;

/**
 * Either a free priority above the planned rule, the nearest one; or, where all are taken, the range to move down by
 * one: `first` (the planned rule's own) up to `free` (the first unused number below it), which the new rule may
 * wait at until the rules are moved.
 */
export type Place =
  | { readonly kind: 'free'; readonly priority: number }
  | { readonly kind: 'renumber'; readonly first: number; readonly free: number };

/** @param planned the planned rule's priority; null for a default rule, which is below all others. Null: no room at all. */
export function placeAbove(planned: number | null, taken: readonly number[]): Place | null {
  const used = new Set(taken);
  const above = (planned ?? HIGHEST_NUMBER + 1) - 1;
  for (let priority = above; priority >= 1; priority -= 1)
    if (!used.has(priority)) return { kind: 'free', priority };
  if (planned === null) return null;
  for (let free = planned + 1; free <= HIGHEST_NUMBER; free += 1)
    if (!used.has(free)) return { kind: 'renumber', first: planned, free };
  return null;
}

export interface Renumbering {
  readonly first: number;
  readonly free: number;
}

/** A renumbering as the value of a tag, so that whoever closes the door can undo it: `5-8`. */
export function renumberingText({ first, free }: Renumbering): string {
  return `${first}-${free}`;
}

/** Null for a text that is none. */
export function parseRenumbering(text: string): Renumbering | null {
  const [first = 0, free = 0] = (/^(\d{1,5})-(\d{1,5})$/u.exec(text) ?? []).slice(1).map(Number);
  const arePriorities = [first, free].every((one) => one >= 1 && one <= HIGHEST_NUMBER);
  return arePriorities ? { first, free } : null;
}

export interface PlacedRule {
  readonly ruleArn: string;
  readonly priority: number;
}

/** All rules of the range one down, the door (which waits at `free`) to the top of it: one atomic write. */
export function moveDown(
  rules: readonly PlacedRule[],
  door: string,
  { first, free }: Renumbering,
): readonly PlacedRule[] {
  const moved = rules
    .filter(({ priority, ruleArn }) => ruleArn !== door && priority >= first && priority < free)
    .map(({ ruleArn, priority }) => ({ ruleArn, priority: priority + 1 }));
  return [{ ruleArn: door, priority: first }, ...moved];
}

/** The reverse; empty when nothing was moved: no renumbering, or the door is not at the top of its range. */
export function moveUp(
  rules: readonly PlacedRule[],
  door: string,
  renumbering: Renumbering | null,
): readonly PlacedRule[] {
  if (renumbering === null) return [];
  const { first, free } = renumbering;
  if (rules.find(({ ruleArn }) => ruleArn === door)?.priority !== first) return [];
  const moved = rules
    .filter(({ priority, ruleArn }) => ruleArn !== door && priority > first && priority <= free)
    .map(({ ruleArn, priority }) => ({ ruleArn, priority: priority - 1 }));
  return [{ ruleArn: door, priority: free }, ...moved];
}
