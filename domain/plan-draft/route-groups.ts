import type { FoundRoute } from './inventory.ts';
import { UNANSWERED } from './unanswered.ts';

/** Routes that move together. */
export interface RouteGroup {
  readonly name: string;
  readonly routes: readonly { readonly id: string; readonly route: FoundRoute }[];
}

/** Services of one namespace are taken to call each other: they move together. */
export function groupsOf(routes: readonly FoundRoute[]): readonly RouteGroup[] {
  const namespaces = [...new Set(routes.map(namespaceOf))].toSorted();
  const taken = new Set<string>();
  return namespaces.map((namespace) => ({
    name: labelOf(namespace),
    routes: routes
      .filter((route) => namespaceOf(route) === namespace)
      .map((route) => ({ id: freeId(route, taken), route })),
  }));
}

function namespaceOf({ service }: FoundRoute): string {
  return service?.split('/')[0] ?? 'other';
}

/** The Service's name; its namespace in front, or a number behind, where that is taken. */
function freeId({ service, loadBalancer }: FoundRoute, taken: Set<string>): string {
  const [namespace = '', name = ''] = (service ?? `${loadBalancer.name}/route`).split('/');
  const wanted = [labelOf(name), labelOf(`${namespace}-${name}`)];
  const numbered = Array.from({ length: taken.size + 2 }, (_, index) =>
    labelOf(`${name.slice(0, 50)}-${index + 2}`),
  );
  const id = [...wanted, ...numbered].find((one) => !taken.has(one)) ?? UNANSWERED;
  taken.add(id);
  return id;
}

const LONGEST_LABEL = 63;

/** As a name in a plan: lower-case letters, digits and hyphens, at most 63. */
export function labelOf(text: string): string {
  const label = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .slice(0, LONGEST_LABEL)
    .replaceAll(/^-+|-+$/gu, '');
  return label === '' ? 'plan' : label;
}
