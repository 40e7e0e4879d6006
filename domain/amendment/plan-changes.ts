import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { GateName } from '#domain/migration/phases.ts';

/**
 * The parts of a plan that may change while it is carried out, and how changes are laid over it. Units and names are the parsed
 * plan's. Invariant: what is not named here (clusters, accounts, routes, target groups, sources) is as it was at the start,
 * whatever the changes say.
 */
type Spec = MigrationPlan['spec'];
type Group = Spec['traffic']['groups'][number];

/** Changes to a plan: only what differs, in the plan's own nesting; lists are replaced whole. */
export interface PlanChanges {
  readonly traffic?: {
    readonly promise?: Partial<Spec['traffic']['promise']>;
    /** By group name. */
    readonly groups?: Readonly<Record<string, GroupChanges>>;
  };
  readonly analysis?: Partial<
    Pick<Spec['analysis'], 'intervalSeconds' | 'missingDataSeconds' | 'guardrails' | 'compare'>
  >;
  readonly soak?: Partial<Pick<Spec['soak'], 'forSeconds'>>;
  readonly drain?: Partial<Pick<Spec['drain'], 'quietSeconds'>>;
  readonly gates?: Readonly<Partial<Record<GateName, GateChanges>>>;
}

export type GroupChanges = Partial<Pick<Group, 'steps' | 'bakeSeconds' | 'bakeAtMostSeconds'>>;
type GateChanges = Partial<Pick<Spec['gates'][GateName], 'expiresSeconds'>>;

/** The plan with these changes; the very same object where there are none. Groups that the plan does not have are passed over. */
export function withChanges(spec: Spec, changes: PlanChanges | undefined): Spec {
  if (changes === undefined) return spec;
  const { traffic = {}, analysis, soak, drain, gates = {} } = changes;
  return {
    ...spec,
    traffic: {
      ...spec.traffic,
      promise: { ...spec.traffic.promise, ...traffic.promise },
      groups: spec.traffic.groups.map((group) => ({ ...group, ...traffic.groups?.[group.name] })),
    },
    analysis: { ...spec.analysis, ...analysis },
    soak: { ...spec.soak, ...soak },
    drain: { ...spec.drain, ...drain },
    gates: {
      shift: { ...spec.gates.shift, ...gates.shift },
      retire: { ...spec.gates.retire, ...gates.retire },
    },
  };
}

/** Both as one; where both say something, the later counts. */
export function mergedChanges(earlier: PlanChanges, later: PlanChanges): PlanChanges {
  const { traffic: before = {}, gates: gatesBefore = {} } = earlier;
  const { traffic: after = {}, gates: gatesAfter = {} } = later;
  const groupNames = Object.keys({ ...before.groups, ...after.groups });
  return {
    traffic: {
      promise: { ...before.promise, ...after.promise },
      groups: Object.fromEntries(
        groupNames.map((name) => [name, { ...before.groups?.[name], ...after.groups?.[name] }]),
      ),
    },
    analysis: { ...earlier.analysis, ...later.analysis },
    soak: { ...earlier.soak, ...later.soak },
    drain: { ...earlier.drain, ...later.drain },
    gates: {
      shift: { ...gatesBefore.shift, ...gatesAfter.shift },
      retire: { ...gatesBefore.retire, ...gatesAfter.retire },
    },
  };
}

/** What leads from one plan to the other in the parts that may change; empty where they are equal there. */
export function changesFrom(before: Spec, after: Spec): PlanChanges {
  const groups = after.traffic.groups.flatMap(({ name, steps, bakeSeconds, bakeAtMostSeconds }) => {
    const was = before.traffic.groups.find((group) => group.name === name);
    const changes =
      was === undefined ? {} : onlyNew(was, { steps, bakeSeconds, bakeAtMostSeconds });
    return Object.keys(changes).length === 0 ? [] : [[name, changes] as const];
  });
  const { intervalSeconds, missingDataSeconds, guardrails, compare } = after.analysis;
  return onlyFull({
    traffic: onlyFull({
      promise: onlyNew(before.traffic.promise, after.traffic.promise),
      groups: Object.fromEntries(groups),
    }),
    analysis: onlyNew(before.analysis, {
      intervalSeconds,
      missingDataSeconds,
      guardrails,
      compare,
    }),
    soak: onlyNew(before.soak, { forSeconds: after.soak.forSeconds }),
    drain: onlyNew(before.drain, { quietSeconds: after.drain.quietSeconds }),
    gates: onlyFull({
      shift: onlyNew(before.gates.shift, { expiresSeconds: after.gates.shift.expiresSeconds }),
      retire: onlyNew(before.gates.retire, { expiresSeconds: after.gates.retire.expiresSeconds }),
    }),
  });
}

/** The fields of `after` that are not as they were. */
function onlyNew<Fields extends object>(before: Fields, after: Partial<Fields>): Partial<Fields> {
  return filtered(after, (key, value) => !isSame(Reflect.get(before, key), value));
}

/** Without the parts that hold nothing. */
function onlyFull<Fields extends object>(parts: Fields): Partial<Fields> {
  return filtered(parts, (_, value) => Object.keys(Object(value)).length > 0);
}

function filtered<Fields extends object>(
  parts: Partial<Fields>,
  keeps: (key: string, value: unknown) => boolean,
): Partial<Fields> {
  const kept = { ...parts };
  for (const key of Object.keys(parts))
    if (!keeps(key, Reflect.get(parts, key))) Reflect.deleteProperty(kept, key);
  return kept;
}

/** Are two values of a plan equal? Both come from one schema, so their fields are in one order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
