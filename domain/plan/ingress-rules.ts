/**
 * Cross-field rules about routes on Ingresses. Called by `rules.ts`.
 */
import { backendServiceField, ingressField } from './ingress-route.ts';
import { describeValue, type PlanProblem } from './problems.ts';
import { repeats } from './repeats.ts';
import { named, routesOf } from './traffic-rules.ts';
import { at, child, items, valid } from './tree.ts';
import { namespaceField } from './workloads.ts';

export const ingressRules: readonly ((tree: unknown) => readonly PlanProblem[])[] = [
  servicesAreNamedOnce,
  ingressesAreCarriedOver,
];

function servicesAreNamedOnce(tree: unknown): readonly PlanProblem[] {
  const services = routesOf(tree).flatMap(({ path, value }) => {
    const ingress = valid(ingressField, child(value, 'ingress'));
    const service = valid(backendServiceField, child(value, 'service'));
    if (ingress === undefined || service === undefined) return [];
    return [{ path: [...path, 'service'], name: `${service} of ${ingress}` }];
  });
  return repeats(services, 'each service of an Ingress in one route only');
}

/** Green's pods stand behind the route only if the namespace of its service goes to green. */
function ingressesAreCarriedOver(tree: unknown): readonly PlanProblem[] {
  const namespaces = items(at(tree, ['spec', 'workloads', 'namespaces'])).map((name) =>
    valid(namespaceField, name),
  );
  return named(routesOf(tree), 'ingress', ingressField).flatMap(({ path, name }) => {
    if (namespaces.includes(name.split('/')[0])) return [];
    const found = `${describeValue(name)}, whose namespace is not carried over`;
    const allowed = 'an Ingress of a namespace in spec.workloads.namespaces';
    return [{ path, about: 'value' as const, found, allowed }];
  });
}
