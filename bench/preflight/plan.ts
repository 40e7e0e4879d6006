import type { ResolvedInput } from '#activities/contract.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { NAMESPACES, namespaceName } from './cluster-objects.ts';

/** As if blue were old enough for something to be gone. */
export const VERSIONS = { from: '1.24', to: '1.36' } as const;

/** The part of a migration's input that the reading of objects takes; its routes lead nowhere. */
export function planOf(): Pick<ResolvedInput, 'spec' | 'resolved'> {
  const { spec } = fakePlan({
    workloads: {
      with: 'copy',
      namespaces: Array.from({ length: NAMESPACES }, (_, index) => namespaceName(index)),
      availableWithinSeconds: 600,
    },
  });
  return {
    spec,
    resolved: {
      engineArn: '',
      blue: { name: spec.blue.cluster, arn: '', createdAt: '', version: VERSIONS.from },
      routes: [],
      baseline: { requestsPerSecond: 0, healthyTargets: {} },
    },
  };
}
