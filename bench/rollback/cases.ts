/** Which failures are injected where: every kind in every state, so that no state is forgotten. Pure. */

export const KINDS = ['5xx burst', 'latency x10', 'targets die', 'metrics outage'] as const;
export type Kind = (typeof KINDS)[number];

/** Where the migration is when green begins to fail. */
export const STATES = [
  { at: 'bake', percent: 5 },
  { at: 'bake', percent: 25 },
  { at: 'bake', percent: 50 },
  { at: 'bake', percent: 100 },
  { at: 'paused', percent: 25 },
  { at: 'halted', percent: 25 },
  { at: 'soak', percent: 100 },
  { at: 'retire gate', percent: 100 },
] as const;
type State = (typeof STATES)[number];

export interface Case {
  /** 1, 2, 3, …; names its clusters. */
  readonly number: number;
  readonly kind: Kind;
  readonly state: State;
}

/**
 * With all users on green nobody else is heard, so that silence may be the source's own end: by design (I4) the run halts and people
 * are told, and the bench answers for them.
 */
export function isForPeople({ kind, state }: Pick<Case, 'kind' | 'state'>): boolean {
  return kind === 'metrics outage' && state.percent === 100;
}

/** All of them, kinds alternating, so that the first few of a quick look are of many kinds. */
export function allCases(firstNumber: number): readonly Case[] {
  return STATES.flatMap((state) => KINDS.map((kind) => ({ kind, state }))).map(
    (one, index): Case => ({ number: firstNumber + index, ...one }),
  );
}

/** `count` of them, or all, neighbours of different kinds and states: a few at 5 % need as many users as all others. */
export function someCases(cases: readonly Case[], count: number): readonly Case[] {
  // A stride without a common divisor with the number of kinds meets each kind and each state.
  return Array.from(
    { length: Math.min(count, cases.length) },
    (_, index) => cases[(index * 5) % cases.length],
  ).flatMap((one) => one ?? []);
}

export function nameOf({ kind, state }: Pick<Case, 'kind' | 'state'>): string {
  return `${kind} at ${state.percent} %, ${state.at}`;
}
