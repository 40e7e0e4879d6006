/**
 * Cross-field rules about routes by the Gateway API. Called by `rules.ts`.
 */
import { clusterField } from './clusters.ts';
import { backendField, heldByField, httpRouteField } from './gateway-route.ts';
import { describeValue, type PlanPath, type PlanProblem } from './problems.ts';
import { repeats } from './repeats.ts';
import { sourceNameField } from './guardrails.ts';
import { routesOf } from './traffic-rules.ts';
import { at, child, valid } from './tree.ts';

export const gatewayRules: readonly ((tree: unknown) => readonly PlanProblem[])[] = [
  httpRoutesAreNamedOnce,
  holdersAreInFrontOfBoth,
  backendsDiffer,
  servicesHavePorts,
  requestsAreCountedAtPods,
];

interface GatewayRoute {
  readonly path: PlanPath;
  readonly value: unknown;
}

function gatewayRoutes(tree: unknown): readonly GatewayRoute[] {
  return routesOf(tree).filter(({ value }) => child(value, 'with') === 'gateway');
}

/** An HTTPRoute's rules are one list, written as a whole: two routes would take each other's weights along. */
function httpRoutesAreNamedOnce(tree: unknown): readonly PlanProblem[] {
  const named = gatewayRoutes(tree).flatMap(({ path, value }) => {
    const httpRoute = valid(httpRouteField, child(value, 'httpRoute'));
    if (httpRoute === undefined) return [];
    const cluster = valid(heldByField, child(value, 'cluster'));
    const name = cluster === undefined ? httpRoute : `${httpRoute} on ${cluster}`;
    return [{ path: [...path, 'httpRoute'], name }];
  });
  return repeats(named, 'each HTTPRoute in one route only; split it where backends move apart');
}

function holdersAreInFrontOfBoth(tree: unknown): readonly PlanProblem[] {
  const nameOf = (side: string) => valid(clusterField, at(tree, ['spec', side, 'cluster']));
  return gatewayRoutes(tree).flatMap(({ path, value }) => {
    const cluster = valid(heldByField, child(value, 'cluster'));
    const side = ['blue', 'green'].find((one) => cluster !== undefined && nameOf(one) === cluster);
    if (side === undefined) return [];
    const found = `${describeValue(cluster)}, which is ${side}`;
    const allowed =
      side === 'blue'
        ? 'nothing, where blue holds the HTTPRoute'
        : 'a cluster in front of both; green is made by the migration';
    return [{ path: [...path, 'cluster'], about: 'value' as const, found, allowed }];
  });
}

function backendsDiffer(tree: unknown): readonly PlanProblem[] {
  return gatewayRoutes(tree).flatMap(({ path, value }) => {
    const [namespace] = valid(httpRouteField, child(value, 'httpRoute'))?.split('/') ?? [];
    const textOf = (colour: string): string | undefined => {
      const backend = valid(backendField, at(value, [colour, 'backend']));
      return backend === undefined ? undefined : JSON.stringify({ namespace, ...backend });
    };
    const blue = textOf('blue');
    if (blue === undefined || blue !== textOf('green')) return [];
    const allowed = 'a backend that leads to green alone';
    const found = "blue's own backend";
    return [{ path: [...path, 'green', 'backend'], about: 'value' as const, found, allowed }];
  });
}

/** Gateway API, `BackendObjectReference`: "Port is required when the referent is a Kubernetes Service". */
function servicesHavePorts(tree: unknown): readonly PlanProblem[] {
  return gatewayRoutes(tree).flatMap(({ path, value }) =>
    ['blue', 'green'].flatMap((colour) => {
      const backend = valid(backendField, at(value, [colour, 'backend']));
      const isService = backend?.kind === 'Service' && backend.group === '';
      if (!isService || backend.port !== undefined) return [];
      const port = [...path, colour, 'backend', 'port'];
      const found = 'a Service without a port';
      return [{ path: port, about: 'missing' as const, found, allowed: 'the port of the Service' }];
    }),
  );
}

/** What a load balancer counts tells nothing of requests that a Gateway drew before them. */
function requestsAreCountedAtPods(tree: unknown): readonly PlanProblem[] {
  return gatewayRoutes(tree).flatMap(({ path, value }) => {
    const requests = valid(sourceNameField, child(value, 'requests'));
    if (requests === undefined) return [];
    const kind = at(tree, ['spec', 'analysis', 'sources', requests, 'with']);
    if (kind === 'cloudwatch' || kind === 'prometheus') return [];
    const found = `${describeValue(requests)}, which is no such source`;
    const allowed =
      'a name under spec.analysis.sources whose source is with cloudwatch or prometheus';
    return [{ path: [...path, 'requests'], about: 'value' as const, found, allowed }];
  });
}
