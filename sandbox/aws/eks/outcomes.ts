/**
 * Lifecycles that go wrong on demand. A transition (a cluster being created, an add-on being updated) normally ends after its
 * delay; a rule here makes it fail with an issue, or get stuck until it is told to go on. For scenarios and tests, in process or
 * by `PUT /_sandbox/eks/outcomes`.
 */
type TransitionKind =
  | 'cluster-create'
  | 'cluster-update'
  | 'cluster-delete'
  | 'nodegroup-create'
  | 'nodegroup-update'
  | 'nodegroup-delete'
  | 'addon-create'
  | 'addon-update'
  | 'addon-delete';

export interface Transition {
  readonly kind: TransitionKind;
  readonly cluster: string;
  /** Name of the node group or add-on; undefined for cluster transitions. */
  readonly name?: string;
}

export interface OutcomeRule {
  readonly kind: TransitionKind;
  /** @default every cluster */
  readonly cluster?: string;
  /** @default every node group or add-on */
  readonly name?: string;
  /** @default 1 */
  readonly times?: number;
  readonly outcome:
    | { readonly kind: 'stuck' }
    /** `code` is one of the issue codes that EKS lists for the resource, or an update's error code. */
    | { readonly kind: 'fail'; readonly code: string; readonly message: string };
}

export type Outcome = { readonly kind: 'normal' } | OutcomeRule['outcome'];

export class Outcomes {
  readonly #rules: { readonly rule: OutcomeRule; left: number }[] = [];
  readonly #stuck: { readonly transition: Transition; readonly goOn: () => void }[] = [];

  add(rule: OutcomeRule): void {
    this.#rules.push({ rule, left: rule.times ?? 1 });
  }

  /** Forgets all rules and lets everything stuck go on. */
  clear(): void {
    this.#rules.length = 0;
    for (const { goOn } of this.#stuck.splice(0)) goOn();
  }

  /** Transitions that wait to be told. */
  stuck(): readonly Transition[] {
    return this.#stuck.map(({ transition }) => transition);
  }

  /** What happens to this transition; counts the rule that decided. */
  decide(transition: Transition): Outcome {
    const entry = this.#rules.find(({ rule, left }) => left > 0 && concerns(rule, transition));
    if (entry === undefined) return { kind: 'normal' };
    entry.left -= 1;
    return entry.rule.outcome;
  }

  park(transition: Transition, goOn: () => void): void {
    this.#stuck.push({ transition, goOn });
  }
}

const concerns = (rule: OutcomeRule, transition: Transition): boolean =>
  rule.kind === transition.kind &&
  (rule.cluster === undefined || rule.cluster === transition.cluster) &&
  (rule.name === undefined || rule.name === transition.name);
