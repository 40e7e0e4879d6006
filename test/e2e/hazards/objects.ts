/** Kubernetes objects of the hazards, applied as a team's pipeline applies them. */
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { untypedResource } from '#sandbox/kubernetes/kubernetes-object.ts';
import { SHOP_NAMESPACE_NAME } from '#sandbox/shop/manifests.ts';

/** An object of the shop's namespace, or of the whole cluster where `namespaced` is false. */
export interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** @default true */
  readonly namespaced?: boolean;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Everything beside metadata. */
  readonly rest?: Readonly<Record<string, unknown>>;
}

export async function write(client: AdminClient, written: Written): Promise<void> {
  const { apiVersion, kind, plural, namespaced = true, name, labels, annotations, rest } = written;
  const metadata = {
    name,
    ...(namespaced ? { namespace: SHOP_NAMESPACE_NAME } : {}),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  const resource = untypedResource({ apiVersion, kind, plural, namespaced });
  await client.apply(resource, { metadata, ...rest }, { fieldManager: 'shop-team' });
}

export async function writeAll(client: AdminClient, all: readonly Written[]): Promise<void> {
  await Promise.all(all.map(async (written) => write(client, written)));
}

const PROBE = { httpGet: { path: '/healthz', port: 8080 } };

/** A Deployment that nothing stands against, and over it what is said. */
export function deployment(
  name: string,
  over: {
    readonly replicas?: number;
    readonly container?: Readonly<Record<string, unknown>>;
    readonly pod?: Readonly<Record<string, unknown>>;
  } = {},
): Written {
  const labels = { app: name };
  const container = { name, image: 'harbour:1', readinessProbe: PROBE, ...over.container };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    plural: 'deployments',
    name,
    rest: {
      spec: {
        replicas: over.replicas ?? 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { ...over.pod, containers: [container] } },
      },
    },
  };
}

/** A definition that takes any object. */
export function definition(
  [plural, group]: readonly [plural: string, group: string],
  kind: string,
  over: Readonly<Record<string, unknown>> = {},
): {
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
} {
  return {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [version('v1')],
      ...over,
    },
  };
}

/** A version of a definition. */
export function version(
  name: string,
  over: { readonly served?: boolean; readonly storage?: boolean } = {},
): Readonly<Record<string, unknown>> {
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return { name, served: true, storage: true, schema: { openAPIV3Schema }, ...over };
}
