import type { Resolved } from '#domain/migration/resolved.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { truthsOf } from '#domain/traffic/route-truth.ts';
import { truthSourceFor } from '#domain/traffic/truth-source.ts';
import type { ReadinessFacts } from './readiness-facts.ts';

/** Which proofs a plan needs of every step, and whether anything will be able to give them. */

type Spec = MigrationPlan['spec'];
type Routes = Resolved['routes'];

/** Connections and people's own eyes need no number of requests. */
export function bakesOf({ traffic }: Spec, all: Routes): ReadinessFacts['bakes'] {
  return traffic.groups.flatMap(({ name, steps, bakeSeconds, bakeAtMostSeconds }) => {
    const routes = all.filter(({ group }) => group === name);
    const counts = truthsOf(routes, all).some(({ kind }) => kind === 'requests');
    return counts ? [{ group: name, steps, bakeSeconds, bakeAtMostSeconds }] : [];
  });
}

/** What will be able to tell, step by step, whether users follow the weights. */
export function proofsOf(
  spec: Spec,
  all: Routes,
): Pick<ReadinessFacts, 'sharesAreVisible' | 'askedOfPeople'> {
  const groups = [...new Set(all.map(({ group }) => group))];
  const truths = groups.flatMap((group) =>
    truthsOf(
      all.filter((route) => route.group === group),
      all,
    ),
  );
  const countsRequests = truths.some(({ kind }) => kind === 'requests');
  return {
    sharesAreVisible: !countsRequests || truthSourceFor(spec.analysis, movesOf(spec)) !== null,
    askedOfPeople: truths.flatMap((truth) => (truth.kind === 'people' ? [truth] : [])),
  };
}

function movesOf({ traffic }: Spec): Parameters<typeof truthSourceFor>[1] {
  return traffic.groups.length > 1 ? 'some routes alone' : 'all routes together';
}
