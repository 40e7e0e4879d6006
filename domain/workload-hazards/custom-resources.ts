import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { listIn } from '#domain/workloads/pod-spec.ts';
import { COPIED_KINDS, type KubernetesObject } from '#domain/workloads/workload-copy.ts';

/**
 * Kinds that a cluster was taught by a CustomResourceDefinition, and objects of them in the plan's namespaces: the copy of namespaces
 * carries neither over. Definitions are read for what matters here and let go; their schemas are most of a cluster's text.
 */
export interface CustomKind {
  /** As in `certificates.cert-manager.io`. */
  readonly name: string;
  readonly kind: string;
  readonly plural: string;
  /** In which its objects are asked for; one that is stored, if it is served. */
  readonly apiVersion: string;
  readonly versions: readonly {
    readonly name: string;
    readonly isServed: boolean;
    readonly isDeprecated: boolean;
  }[];
  /** Versions in which objects may be stored. */
  readonly stored: readonly string[];
  /** Who converts between versions: `namespace/name` of a Service, or a URL; null: nobody has to. */
  readonly converter: { readonly service: string } | { readonly url: string } | null;
}

/** Of these the plan's namespaces hold. */
export interface CustomObjects {
  readonly namespace: string;
  readonly names: readonly string[];
}

/** Null for what is in no namespace, is served in no version, or is copied. */
export function customKind(definition: KubernetesObject): CustomKind | null {
  const spec = fieldsOf(definition['spec']);
  const { kind, plural } = fieldsOf(spec['names']);
  const versions = listIn(spec, 'versions').map(({ name, served, deprecated }) => ({
    name: String(name),
    isServed: served === true,
    isDeprecated: deprecated === true,
  }));
  const storage = listIn(spec, 'versions').find(({ storage: is }) => is === true);
  const served = versions.filter(({ isServed }) => isServed).map(({ name }) => name);
  const version = served.find((name) => name === storage?.['name']) ?? served[0];
  if (spec['scope'] !== 'Namespaced' || version === undefined) return null;
  const group = String(spec['group']);
  if (COPIED_KINDS.some((one) => one.plural === plural && one.apiVersion.startsWith(`${group}/`)))
    return null;
  const { storedVersions } = fieldsOf(definition['status']);
  return {
    name: definition.metadata.name,
    kind: String(kind),
    plural: String(plural),
    apiVersion: `${group}/${version}`,
    versions,
    stored: Array.isArray(storedVersions) ? storedVersions.map(String) : [],
    converter: converterOf(fieldsOf(spec['conversion'])),
  };
}

function converterOf(conversion: Readonly<Record<string, unknown>>): CustomKind['converter'] {
  if (conversion['strategy'] !== 'Webhook') return null;
  const client = fieldsOf(fieldsOf(conversion['webhook'])['clientConfig']);
  const { namespace, name } = fieldsOf(client['service']);
  return typeof name === 'string'
    ? { service: `${String(namespace)}/${name}` }
    : { url: 'a URL outside of the cluster' };
}

/** What stands against objects of the kind; nothing where the plan's namespaces hold none. */
export function customHazards(
  custom: CustomKind,
  objects: readonly CustomObjects[],
  /** `namespace/name` of Services with a ready endpoint. */
  answering: ReadonlySet<string>,
): readonly ObjectFinding[] {
  const held = objects.filter(({ names }) => names.length > 0);
  if (held.length === 0) return [];
  return [
    ...held.map((some) => leftBehind(custom, some)),
    ...converted(custom, answering),
    ...stored(custom),
  ];
}

/** More names would be read by nobody. */
const MOST_NAMES = 3;

function leftBehind(custom: CustomKind, { namespace, names }: CustomObjects): ObjectFinding {
  const named = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return about(custom, 'custom-not-copied', 'warn', {
    namespace,
    title: `green will not have these ${custom.plural}`,
    evidence: `${named}${more} in ${namespace}: the copy of namespaces does not carry custom resources over`,
    remedy: `bring ${custom.name}, whoever serves it, and its objects to green yourself before the shift, if green needs them`,
    source: 'README.md, “Limits of this version”',
  });
}

function converted(custom: CustomKind, answering: ReadonlySet<string>): readonly ObjectFinding[] {
  const { converter, plural } = custom;
  if (converter === null) return [];
  const who = 'service' in converter ? `Service ${converter.service}` : converter.url;
  const isDeaf = 'service' in converter && !answering.has(converter.service);
  return [
    about(custom, 'crd-conversion-webhook', 'warn', {
      namespace: '',
      title: `${plural} are converted by a webhook: without it green refuses them`,
      evidence: `${who} converts them${isDeaf ? ', and has no ready endpoint on blue now' : ''}`,
      remedy: 'have it answer on green before any object of the kind is brought there',
      source:
        'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion',
    }),
  ];
}

function stored(custom: CustomKind): readonly ObjectFinding[] {
  return custom.stored.flatMap((name) => {
    const version = custom.versions.find((one) => one.name === name);
    if (version?.isServed === true && !version.isDeprecated) return [];
    const isServed = version?.isServed === true;
    return [
      about(custom, 'crd-stored-version', isServed ? 'info' : 'warn', {
        namespace: '',
        title: isServed
          ? 'objects may be stored in a version that is deprecated'
          : 'objects may be stored in a version that is no longer served',
        evidence: `status.storedVersions has ${name}, which ${
          version === undefined
            ? 'the definition no longer has'
            : isServed
              ? 'the definition calls deprecated'
              : 'is not served'
        }`,
        remedy:
          'rewrite the objects in the version that is stored now, then take the old one out of status.storedVersions; install the same definition on green',
        source:
          'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#upgrade-existing-objects-to-a-new-stored-version',
      }),
    ];
  });
}

function about(
  custom: CustomKind,
  code: 'custom-not-copied' | 'crd-conversion-webhook' | 'crd-stored-version',
  severity: ObjectFinding['severity'],
  {
    namespace,
    ...said
  }: Pick<ObjectFinding, 'title' | 'evidence' | 'remedy' | 'source'> & {
    readonly namespace: string;
  },
): ObjectFinding {
  const resource =
    namespace === ''
      ? {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          namespace,
          name: custom.name,
        }
      : { apiVersion: custom.apiVersion, kind: custom.kind, namespace, name: '*' };
  return { code, severity, resource, ...said };
}
