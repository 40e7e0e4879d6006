/**
 * Trouble on demand: rules that make calls fail, stall or break in the ways AWS and networks do. Rules are data (so that the CLI
 * and tests can set them over HTTP, see `control-api.ts`); in process a rule may also carry a predicate over the input.
 * Seen with the SDK: a throttled call succeeds at its third attempt; a truncated JSON answer is *not* retried by it.
 */
import type { SeededRandom } from './seeded-random.ts';
import { isRecord } from './values.ts';

/**
 * `before`: the call has no effect. `after`: the call takes effect and only its answer is lost, which is the case that
 * identities of side effects exist for.
 */
export type FaultMoment = 'before' | 'after';

export type FaultEffect =
  | { readonly kind: 'throttle' }
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly status?: number;
      readonly message?: string;
    }
  | { readonly kind: 'latency'; readonly minMs: number; readonly maxMs: number }
  /** No answer, connection kept open until the client gives up. */
  | { readonly kind: 'hang'; readonly moment: FaultMoment }
  /** The connection is cut without an answer. */
  | { readonly kind: 'reset'; readonly moment: FaultMoment }
  /** The call takes effect; the answer ends in the middle of its body. */
  | { readonly kind: 'truncate' }
  /** No answer; the request is held up on its way and takes effect `afterMs` later, when its sender has long given up. */
  | { readonly kind: 'late'; readonly afterMs: number };

export interface FaultRule {
  /** Signing name. @default every service */
  readonly service?: string;
  /** @default every operation */
  readonly operation?: string;
  /** Part of the caller's principal ARN. @default everybody */
  readonly caller?: string;
  /** Fires only for inputs that contain this, nested objects compared member by member. */
  readonly where?: Readonly<Record<string, unknown>>;
  /** In-process refinement of `where`. */
  readonly match?: (input: Readonly<Record<string, unknown>>) => boolean;
  /** How often the rule fires before it is spent. @default no limit */
  readonly times?: number;
  /** Share of matching calls it fires on, 0 to 1. @default 1 */
  readonly rate?: number;
  readonly effect: FaultEffect;
}

export interface ActiveFault extends FaultRule {
  readonly id: string;
  readonly fired: number;
}

export interface FaultedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Principal ARN. */
  readonly caller: string;
}

export class Faults {
  readonly #random: SeededRandom;
  readonly #rules = new Map<string, { readonly rule: FaultRule; fired: number }>();
  #added = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** @returns the rule's id, for `remove`. */
  add(rule: FaultRule): string {
    this.#added += 1;
    const id = `fault-${this.#added}`;
    this.#rules.set(id, { rule, fired: 0 });
    return id;
  }

  /** False when there is no such rule. */
  remove(id: string): boolean {
    return this.#rules.delete(id);
  }

  clear(): void {
    this.#rules.clear();
  }

  list(): readonly ActiveFault[] {
    return [...this.#rules].map(([id, { rule, fired }]) => ({ ...rule, id, fired }));
  }

  /** What befalls this call, in the order the rules were added. Counts the firing. */
  draw(call: FaultedCall): readonly FaultEffect[] {
    const effects: FaultEffect[] = [];
    for (const entry of this.#rules.values()) {
      const { rule, fired } = entry;
      const spent = rule.times !== undefined && fired >= rule.times;
      if (spent || !concerns(rule, call)) continue;
      if (rule.rate !== undefined && this.#random.next() >= rule.rate) continue;
      entry.fired += 1;
      effects.push(rule.effect);
    }
    return effects;
  }
}

function concerns(rule: FaultRule, call: FaultedCall): boolean {
  if (rule.service !== undefined && rule.service !== call.service) return false;
  if (rule.operation !== undefined && rule.operation !== call.operation) return false;
  if (rule.caller !== undefined && !call.caller.includes(rule.caller)) return false;
  if (rule.where !== undefined && !contains(call.input, rule.where)) return false;
  return rule.match === undefined || rule.match(call.input);
}

function contains(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) &&
      wanted.every((item) => actual.some((candidate) => contains(candidate, item)))
    );
  }
  if (!isRecord(wanted)) return actual === wanted;
  return (
    isRecord(actual) && Object.entries(wanted).every(([key, value]) => contains(actual[key], value))
  );
}
