import type { KubernetesCall, WayBack } from '#domain/capsule/capsule.ts';
import type { Fields } from '#domain/json/json-fields.ts';
import { jsonFieldsOf, jsonOf, type Json } from '#domain/json/json-value.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { colourOf, toBlueAlone, toBlueBesideGreen } from './backend-refs.ts';
import { HTTP_ROUTES } from './gateway-kinds.ts';
import type { GatewayRoute } from './http-route-object.ts';
import { rulesOf, withRefs } from './http-route-rules.ts';

/**
 * The way back of an HTTPRoute, as one literal call: the API takes a route's rules as one list, so all of them are in it as they
 * are now, ours with blue alone. What is accepted afterwards is that, or green beside blue at weight 0.
 */
export function gatewayWayBack(route: GatewayRoute, object: KubernetesObject): WayBack {
  const alone = withRefs(object, route, ({ refs }) => toBlueAlone(refs, route));
  const idle = withRefs(object, route, ({ refs }) => toBlueBesideGreen(refs, route));
  const call = callTo(route);
  const patch = { spec: { rules: alone.map(jsonFieldsOf) } };
  return {
    calls: [{ ...call, operation: 'MergePatch', patch }],
    readBack: [
      {
        ask: { ...call, operation: 'Get', patch: {} },
        accept: [alone, idle].map((rules) => ({ spec: { rules: expected(object, route, rules) } })),
      },
    ],
  };
}

function callTo(route: GatewayRoute): Omit<KubernetesCall, 'operation' | 'patch'> {
  const { heldBy, blue, hub, access } = route;
  const holder = heldBy === undefined ? blue : { access: hub ?? access, ...heldBy };
  const { name, arn, createdAt } = holder;
  return {
    service: 'kubernetes',
    cluster: { name, access: holder.access, arn, createdAt },
    ...HTTP_ROUTES,
    namespace: route.namespace,
    name: route.httpRoute,
  };
}

/** Of our rules the receivers, in their order; of other rules that they are there. Blue's weight alone has no meaning. */
function expected(
  object: KubernetesObject,
  route: GatewayRoute,
  rules: readonly Fields[],
): readonly Json[] {
  const before = rulesOf(object);
  return rules.map((rule, index) => {
    if (rule === before[index]) return {};
    const refs: readonly unknown[] = Array.isArray(rule['backendRefs']) ? rule['backendRefs'] : [];
    return { backendRefs: refs.map((ref) => receiver(ref, route)) };
  });
}

function receiver(ref: unknown, route: GatewayRoute): Json {
  const fields = jsonFieldsOf(ref);
  const { weight, ...rest } = fields;
  return colourOf(fields, route) === 'blue' ? rest : { ...rest, weight: jsonOf(weight) };
}
