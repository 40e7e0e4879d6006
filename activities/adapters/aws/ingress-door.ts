import { z } from 'zod';
import { fieldsOf, isFields, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { actionsAnnotation, forwardText } from './ingress-action.ts';

/**
 * A smoke door in an Ingress: before each path of the planned backend the same path once more, for a backend of ours whose
 * action forwards to green alone and whose condition is the secret header. Taking it off leaves everything as it was.
 * Pure. Sources: kubernetes-sigs/aws-load-balancer-controller v3.5.0, docs/guide/ingress/annotations.md#conditions,
 * pkg/ingress/model_build_listener_rules.go; "Quotas for your Application Load Balancers", condition values per rule.
 */
export interface DoorHeader {
  readonly name: string;
  readonly value: string;
}

const MOST_VALUES = 5;
const USE_ANNOTATION = 'use-annotation';

function conditionsAnnotation(backend: string): string {
  return `alb.ingress.kubernetes.io/conditions.${backend}`;
}

/** The merge patch that puts the door in, and how many paths it has; or in words why there is no room for it. */
export function patchWithDoor(
  ingress: KubernetesObject,
  planned: { readonly backend: string; readonly greenTargetGroupArn: string },
  door: { readonly backend: string; readonly header: DoorHeader },
): { readonly patch: Fields; readonly paths: number } | { readonly wrong: string } {
  const text = ingress.metadata.annotations?.[conditionsAnnotation(planned.backend)] ?? '[]';
  const conditions = conditionsSchema.safeParse(parsedJson(text)).data;
  if (conditions === undefined)
    return { wrong: `annotation ${conditionsAnnotation(planned.backend)} cannot be read` };
  const spec = fieldsOf(ingress['spec']);
  const rules = rulesOf(spec).map((rule) => withDoorPaths(rule, planned.backend, door.backend));
  const isDefault = backendName(spec['defaultBackend']) === planned.backend;
  const anyPath = { path: '/*', pathType: 'ImplementationSpecific' };
  const last = { http: { paths: [{ ...anyPath, backend: doorBackend(door.backend) }] } };
  const all = isDefault ? [...rules, last] : rules;
  const paths = all.flatMap((rule) => pathsOf(rule).filter((path) => isOf(path, door.backend)));
  const added = conditions.reduce((count, condition) => count + valuesIn(condition), 1);
  const most = Math.max(...all.map((rule) => mostValues(rule, door.backend) + added));
  if (most > MOST_VALUES)
    return {
      wrong:
        `a path of it has ${most - 1} condition values, and one more for the smoke test's header would exceed the ` +
        `${MOST_VALUES} of an ALB rule; plan no smoke test, or split the path`,
    };
  const { name: httpHeaderName, value } = door.header;
  const condition = {
    field: 'http-header',
    httpHeaderConfig: { httpHeaderName, values: [value] },
  };
  const greenAlone = { blue: null, green: 1, stickySeconds: null };
  const annotations = {
    [actionsAnnotation(door.backend)]: forwardText(greenAlone, planned.greenTargetGroupArn),
    [conditionsAnnotation(door.backend)]: JSON.stringify([...conditions, condition]),
  };
  return { patch: { metadata: { annotations }, spec: { rules: all } }, paths: paths.length };
}

/** The merge patch that takes the door off; null where there is none. */
export function patchWithoutDoor(ingress: KubernetesObject, door: string): Fields | null {
  const names = [actionsAnnotation(door), conditionsAnnotation(door)];
  const spec = fieldsOf(ingress['spec']);
  const rules = rulesOf(spec);
  const isThere =
    names.some((name) => ingress.metadata.annotations?.[name] !== undefined) ||
    rules.some((rule) => pathsOf(rule).some((path) => isOf(path, door)));
  if (!isThere) return null;
  const left = rules.flatMap((rule) => {
    const paths = pathsOf(rule);
    const others = paths.filter((path) => !isOf(path, door));
    if (others.length === paths.length) return [rule];
    return others.length === 0
      ? []
      : [{ ...rule, http: { ...fieldsOf(rule['http']), paths: others } }];
  });
  return {
    metadata: { annotations: Object.fromEntries(names.map((name) => [name, null])) },
    spec: { rules: left.length === 0 ? null : left },
  };
}

/** The secret of a door that stands; null where it cannot be told. It is the last condition: the planned ones come before. */
export function headerOfDoor(ingress: KubernetesObject, door: string): DoorHeader | null {
  const text = ingress.metadata.annotations?.[conditionsAnnotation(door)] ?? '[]';
  const last = conditionsSchema.safeParse(parsedJson(text)).data?.at(-1);
  const parsed = headerSchema.safeParse(last).data;
  const [value] = parsed?.httpHeaderConfig.values ?? [];
  if (parsed === undefined || value === undefined) return null;
  return { name: parsed.httpHeaderConfig.httpHeaderName, value };
}

const conditionsSchema = z.array(z.record(z.string(), z.unknown()));

const headerSchema = z.object({
  httpHeaderConfig: z.object({ httpHeaderName: z.string(), values: z.array(z.string()) }),
});

function withDoorPaths(rule: Fields, planned: string, door: string): Fields {
  const paths = pathsOf(rule);
  if (!paths.some((path) => isOf(path, planned))) return rule;
  const doubled = paths.flatMap((path) =>
    isOf(path, planned) ? [{ ...path, backend: doorBackend(door) }, path] : [path],
  );
  return { ...rule, http: { ...fieldsOf(rule['http']), paths: doubled } };
}

function doorBackend(name: string): Fields {
  return { service: { name, port: { name: USE_ANNOTATION } } };
}

/** Host and path patterns of the door's path that has most of them. */
function mostValues(rule: Fields, door: string): number {
  const hosts = rule['host'] === undefined || rule['host'] === '' ? 0 : 1;
  const patterns = pathsOf(rule)
    .filter((path) => isOf(path, door))
    .map(({ path, pathType }) =>
      path === undefined || path === '' ? 0 : pathType === 'Prefix' && path !== '/' ? 2 : 1,
    );
  return patterns.length === 0 ? 0 : hosts + Math.max(...patterns);
}

/** A condition has its values in the one config it has. */
function valuesIn(condition: Fields): number {
  const lists = Object.values(condition).map((config) => fieldsOf(config)['values']);
  return lists.reduce<number>((count, list) => count + (Array.isArray(list) ? list.length : 0), 0);
}

function rulesOf(spec: Fields): readonly Fields[] {
  const { rules } = spec;
  return Array.isArray(rules) ? rules.filter(isFields) : [];
}

function pathsOf(rule: Fields): readonly Fields[] {
  const { paths } = fieldsOf(rule['http']);
  return Array.isArray(paths) ? paths.filter(isFields) : [];
}

function isOf(path: Fields, backend: string): boolean {
  return backendName(path['backend']) === backend;
}

function backendName(backend: unknown): unknown {
  return fieldsOf(fieldsOf(backend)['service'])['name'];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
