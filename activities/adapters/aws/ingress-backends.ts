import { fieldsOf, isFields, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { actionsAnnotation } from './ingress-action.ts';

/**
 * Where an Ingress names one backend, and how: by a port of the Service (plain), or by the port `use-annotation`, whose
 * action is in an annotation. Changing from one to the other touches these backends alone; everything else of the spec is
 * sent back as found. Pure. Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, docs/guide/ingress/annotations.md#actions
 */
const USE_ANNOTATION = 'use-annotation';

/** A port of a backend as the Ingress writes it. */
export type BackendPort = { readonly number: number } | { readonly name: string };

export type BackendShape =
  | { readonly kind: 'plain'; readonly port: BackendPort }
  | { readonly kind: 'action'; readonly text: string };

/** How all places of the Ingress name the backend, or in words why that cannot be said. */
export function backendShape(
  ingress: KubernetesObject,
  backend: string,
): BackendShape | { readonly wrong: string } {
  const ports = portsOf(ingress, backend);
  const [first] = ports;
  if (first === undefined) return { wrong: `no path of it leads to ${backend}` };
  if (ports.some((port) => JSON.stringify(port) !== JSON.stringify(first)))
    return { wrong: `its paths lead to ${backend} by different ports` };
  if (!('name' in first) || first.name !== USE_ANNOTATION) return { kind: 'plain', port: first };
  const text = ingress.metadata.annotations?.[actionsAnnotation(backend)];
  return text === undefined
    ? { wrong: `it has no annotation ${actionsAnnotation(backend)}` }
    : { kind: 'action', text };
}

/** The merge patch that gives the backend this shape everywhere; only what must change is in it. */
export function patchTo(
  ingress: KubernetesObject,
  backend: string,
  shape: BackendShape,
): Readonly<Record<string, unknown>> {
  const port = shape.kind === 'plain' ? shape.port : { name: USE_ANNOTATION };
  const text = shape.kind === 'plain' ? null : shape.text;
  const isThere = portsOf(ingress, backend).every(
    (found) => JSON.stringify(found) === JSON.stringify(port),
  );
  return {
    metadata: { annotations: { [actionsAnnotation(backend)]: text } },
    ...(isThere ? {} : { spec: withPort(fieldsOf(ingress['spec']), backend, port) }),
  };
}

export function isSameShape(one: BackendShape, other: BackendShape): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A port as the controller spells it in tags and names. */
export function portText(port: BackendPort): number | string {
  return 'number' in port ? port.number : port.name;
}

function portsOf(ingress: KubernetesObject, backend: string): readonly BackendPort[] {
  const ports: BackendPort[] = [];
  withBackends(fieldsOf(ingress['spec']), (found) => {
    const service = fieldsOf(found['service']);
    if (service['name'] === backend) ports.push(asPort(service['port']));
    return found;
  });
  return ports;
}

function asPort(value: unknown): BackendPort {
  const { name, number } = fieldsOf(value);
  return typeof name === 'string' ? { name } : { number: Number(number) };
}

function withPort(spec: Fields, backend: string, port: BackendPort): Fields {
  return withBackends(spec, (found) => {
    const service = fieldsOf(found['service']);
    return service['name'] === backend ? { ...found, service: { ...service, port } } : found;
  });
}

/** The fields of a spec that hold backends, with every backend changed. */
function withBackends(spec: Fields, change: (backend: Fields) => Fields): Fields {
  const { rules, defaultBackend } = spec;
  return {
    ...(isFields(defaultBackend) ? { defaultBackend: change(defaultBackend) } : {}),
    ...(Array.isArray(rules)
      ? { rules: rules.map((rule) => withPaths(fieldsOf(rule), change)) }
      : {}),
  };
}

function withPaths(rule: Fields, change: (backend: Fields) => Fields): Fields {
  const http = fieldsOf(rule['http']);
  const { paths } = http;
  if (!Array.isArray(paths)) return rule;
  const changed = paths.map((path: unknown) => ({
    ...fieldsOf(path),
    backend: change(fieldsOf(fieldsOf(path)['backend'])),
  }));
  return { ...rule, http: { ...http, paths: changed } };
}
