import { finding, type Finding } from './finding.ts';
import { NEEDED_FIELDS, type KroDefinition } from '#domain/kro/definition.ts';

/**
 * Can green be made by kro on this hub? What cannot is told before anything is made. A part of `readiness.ts`.
 */
export interface HubFacts {
  /** Name of the hub's cluster. */
  readonly hub: string;
  /** Why it cannot be asked; null: it can, and the rest is known. */
  readonly unreachable: string | null;
  readonly hasKro: boolean;
  readonly namespace: string;
  readonly hasNamespace: boolean;
  /** Name of the ResourceGraphDefinition that the plan wants. */
  readonly definitionName: string;
  /** Null where the hub has none of that name. */
  readonly definition: KroDefinition | null;
  /** An instance of green's name that is not this migration's; null: there is none. */
  readonly strangersInstance: string | null;
  /** Fields that the plan sets. */
  readonly values: readonly string[];
  /** What blue has and ACK's objects cannot be asked for, in words. */
  readonly leftOut: readonly string[];
  /** Why a green in blue's shape cannot be asked for at all; null: it can. */
  readonly impossible: string | null;
}

export function hubFindings(facts: HubFacts | null): readonly Finding[] {
  if (facts === null) return [];
  const { hub, unreachable, definition } = facts;
  if (unreachable !== null)
    return [
      finding(
        'hub-unreachable',
        'block',
        hub,
        `the hub cannot be asked: ${unreachable}`,
        'name a cluster that is there in `green.provision.hub`, and admit the engine’s role to it (docs/provisioning.md)',
      ),
    ];
  if (!facts.hasKro)
    return [
      finding(
        'kro-missing',
        'block',
        hub,
        'the hub has no kro: it does not know ResourceGraphDefinitions',
        'install kro and ACK’s EKS controller on the hub, or make green through the EKS API',
      ),
    ];
  return [
    ...namespaceFindings(facts),
    ...(definition === null || !definition.isActive
      ? [inactive(facts)]
      : unfit(definition, facts.values)),
    ...strangers(facts),
    ...(facts.impossible === null
      ? []
      : [
          finding(
            'kro-leaves-out',
            'block',
            definition?.name ?? hub,
            facts.impossible,
            'make green through the EKS API',
          ),
        ]),
    ...facts.leftOut.map((what) =>
      finding(
        'kro-leaves-out',
        'warn',
        definition?.name ?? hub,
        `green will be without what blue has: ${what}`,
        'set it on green by hand before the shift gate, or make green through the EKS API',
      ),
    ),
  ];
}

function namespaceFindings({ hub, namespace, hasNamespace }: HubFacts): readonly Finding[] {
  if (hasNamespace) return [];
  return [
    finding(
      'hub-namespace-missing',
      'block',
      namespace,
      `${hub} has no namespace ${namespace}`,
      'make it on the hub, or name another in `green.provision.namespace`',
    ),
  ];
}

function inactive({ definitionName, definition, hub }: HubFacts): Finding {
  return finding(
    'kro-definition-inactive',
    'block',
    definitionName,
    definition === null
      ? `${hub} has no ResourceGraphDefinition ${definitionName}`
      : `kro does not serve it: ${definition.message}`,
    definition === null
      ? 'apply it on the hub (`kubectl apply -f deploy/kro/eks-green.yaml` for ours), then start again'
      : 'mend the definition until its state is Active, then start again',
  );
}

function unfit(definition: KroDefinition, values: readonly string[]): readonly Finding[] {
  const { name, fields, isNamespaced } = definition;
  const missing = NEEDED_FIELDS.filter((field) => !fields.includes(field));
  const unknown = values.filter((field) => !fields.includes(field));
  return [
    ...(missing.length === 0
      ? []
      : [
          `it takes no ${missing.join(', ')}: without them green cannot be told, or known as this migration’s`,
        ]),
    ...(unknown.length === 0
      ? []
      : [`the plan sets ${unknown.join(', ')}, which it does not take`]),
    ...(isNamespaced ? [] : ['its instances are of the whole cluster, and have no namespace']),
  ].map((what) =>
    finding(
      'kro-definition-unfit',
      'block',
      name,
      what,
      'mend the definition or `green.provision.values`; ours in deploy/kro/ shows what is needed',
    ),
  );
}

function strangers({ strangersInstance }: HubFacts): readonly Finding[] {
  if (strangersInstance === null) return [];
  return [
    finding(
      'kro-instance-strange',
      'block',
      strangersInstance,
      'an instance of green’s name is there, and is not of this migration',
      'choose another name for green, or another namespace on the hub',
    ),
  ];
}
