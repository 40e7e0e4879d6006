import { assertNever } from '#domain/assert-never.ts';
import type { ResolvedRoute } from '#domain/migration/resolved.ts';

/**
 * How it is proven that users follow the weights of some routes (I2): one test per kind of router. Requests are counted
 * where each of them is drawn by weight. On a Network Load Balancer only new connections are, and nobody but the pods can
 * count those, because CloudWatch's NewFlowCount knows load balancers and zones but no target groups; behind a Gateway nobody
 * counts in a way that is a standard, so the pods do there too. A DNS name is proven by its own name servers' answers. What
 * nothing can tell is asked of a person, never guessed. Pure.
 */
export type Truth =
  | { readonly kind: 'requests'; readonly routeIds: readonly string[] }
  | { readonly kind: 'pods'; readonly source: string; readonly routeIds: readonly string[] }
  | { readonly kind: 'answers'; readonly routeIds: readonly string[] }
  | { readonly kind: 'people'; readonly why: string; readonly routeIds: readonly string[] };

type Route = Pick<ResolvedRoute, 'id'> &
  (
    | { readonly with: Exclude<ResolvedRoute['with'], 'nlb' | 'route53' | 'gateway'> }
    | { readonly with: 'route53'; readonly nameServers: readonly string[] }
    | { readonly with: 'nlb'; readonly flows?: string }
    | { readonly with: 'gateway'; readonly requests?: string }
  );

/** The tests that together prove the weights of `looked`. @param all every route of the migration, `looked` among them */
export function truthsOf(looked: readonly Route[], all: readonly Route[]): readonly Truth[] {
  const truths = looked.map((route) => truthOf(route, looked, all));
  const byTest = new Map<string, Truth>();
  for (const truth of truths) {
    const test = JSON.stringify({ ...truth, routeIds: [] });
    const same = byTest.get(test);
    const routeIds = [...(same?.routeIds ?? []), ...truth.routeIds];
    byTest.set(test, { ...truth, routeIds });
  }
  return [...byTest.values()];
}

function truthOf(route: Route, looked: readonly Route[], all: readonly Route[]): Truth {
  const routeIds = [route.id];
  switch (route.with) {
    case 'alb':
    case 'ingress':
      return { kind: 'requests', routeIds };
    case 'nlb':
      return byPods(route, route.flows, 'connections', { looked, all });
    case 'gateway':
      return byPods(route, route.requests, 'requests', { looked, all });
    case 'route53':
      return route.nameServers.length > 0
        ? { kind: 'answers', routeIds }
        : {
            kind: 'people',
            why: 'its zone is private, and nobody outside sees its answers',
            routeIds,
          };
    default:
      return assertNever(route);
  }
}

/** A source that counts several routes together tells nothing of one that moves apart. */
function byPods(
  { id }: Route,
  source: string | undefined,
  what: 'connections' | 'requests',
  { looked, all }: { readonly looked: readonly Route[]; readonly all: readonly Route[] },
): Truth {
  const routeIds = [id];
  if (source === undefined) return { kind: 'people', why: `nothing counts its ${what}`, routeIds };
  const elsewhere = all.find((other) => sourceOf(other) === source && !isAmong(other, looked));
  if (elsewhere === undefined) return { kind: 'pods', source, routeIds };
  const why = `source ${source} counts its ${what} together with those of route ${elsewhere.id}, which moves apart`;
  return { kind: 'people', why, routeIds };
}

function sourceOf(route: Route): string | undefined {
  if (route.with === 'nlb') return route.flows;
  return route.with === 'gateway' ? route.requests : undefined;
}

function isAmong(route: Route, routes: readonly Route[]): boolean {
  return routes.some(({ id }) => id === route.id);
}

/** The exact question to a person, for a truth that nothing else can tell. */
export function questionOf(
  { why, routeIds }: Extract<Truth, { readonly kind: 'people' }>,
  percent: number,
): string {
  const routes = routeIds.length === 1 ? `route ${routeIds[0]}` : `routes ${routeIds.join(', ')}`;
  return `${routes}: ${why}. Do about ${percent} % of new users reach green there? Look at green's pods; resume says yes, rollback says no`;
}
