import { nameOfProbe, type LeftOut, type Probe } from './probe.ts';

/** Which probes a cluster gets, by what it has and what the plan says; what is left out is said, with the reason. Pure. */
export interface ProbeFacts {
  /** A name outside the cluster, of the plan; undefined where the plan has none. */
  readonly outside: string | undefined;
  readonly storageClasses: readonly { readonly name: string; readonly provisioner: string }[];
  /** Names of the plan; undefined: every class of the cluster. */
  readonly wantedClasses: readonly string[] | undefined;
  /** Does the cluster that serves now have `metrics.k8s.io`? */
  readonly metricsExpected: boolean;
}

/** Volumes of these are made by hand, before anybody claims one ("Storage Classes", Kubernetes documentation). */
const BY_HAND = 'kubernetes.io/no-provisioner';

/** In the order in which one needs the other: network, routing, names, volumes, the rest. The first that fails is the one to mend. */
export function probesFor(facts: ProbeFacts): {
  readonly probes: readonly Probe[];
  readonly leftOut: readonly LeftOut[];
} {
  const { outside, metricsExpected } = facts;
  const volumes = volumeProbes(facts);
  const probes: readonly Probe[] = [
    { kind: 'pod-on-every-node' },
    { kind: 'service-routing' },
    { kind: 'dns-inside' },
    ...(outside === undefined ? [] : [{ kind: 'dns-outside', name: outside } as const]),
    ...volumes.probes,
    ...(metricsExpected ? [{ kind: 'metrics-api' } as const] : []),
    { kind: 'webhooks' },
  ];
  const leftOut = [
    ...(outside === undefined
      ? [{ probe: 'dns-outside', reason: 'the plan gives no name (addons.probes.outside)' }]
      : []),
    ...volumes.leftOut,
    ...(metricsExpected
      ? []
      : [{ probe: 'metrics-api', reason: 'blue does not serve metrics.k8s.io' }]),
    { probe: 'pod-identity', reason: 'not asked by this version' },
  ];
  return { probes, leftOut };
}

function volumeProbes({ storageClasses, wantedClasses }: ProbeFacts): {
  readonly probes: readonly Probe[];
  readonly leftOut: readonly LeftOut[];
} {
  const found = new Map(storageClasses.map((one) => [one.name, one.provisioner]));
  const names = [...new Set(wantedClasses ?? found.keys())].toSorted();
  if (names.length === 0) {
    const reason =
      wantedClasses === undefined ? 'green has no StorageClass' : 'the plan names none';
    return { probes: [], leftOut: [{ probe: 'volume', reason }] };
  }
  const all = names.map((storageClass) => ({
    kind: 'volume' as const,
    storageClass,
    provisioner: found.get(storageClass) ?? null,
  }));
  return {
    probes: all.filter(({ provisioner }) => provisioner !== BY_HAND),
    leftOut: all
      .filter(({ provisioner }) => provisioner === BY_HAND)
      .map((probe) => ({ probe: nameOfProbe(probe), reason: 'its volumes are made by hand' })),
  };
}
