import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { listIn } from '#domain/workloads/pod-spec.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { hazard, ofKind, type HazardFacts } from './hazard.ts';

const KINDS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;

/** Webhooks that refuse everything when nobody answers, and whose Service has nobody to answer. */
export function webhookHazards(
  facts: HazardFacts,
  /** `namespace/name` of Services with a ready endpoint. */
  answering: ReadonlySet<string>,
): readonly ObjectFinding[] {
  return KINDS.flatMap((kind) => ofKind(facts, kind)).flatMap((configuration) =>
    deafIn(configuration, answering).map(({ webhook, service }) =>
      hazard(configuration, 'webhook-deaf', 'warn', {
        title: 'a webhook that must answer has nobody to answer',
        evidence: `${webhook} fails closed, and Service ${service} has no ready endpoint`,
        remedy:
          'bring its pods up, or remove the configuration: what it refuses meanwhile may be our own write to blue',
        source:
          'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy',
      }),
    ),
  );
}

function deafIn(
  configuration: KubernetesObject & Readonly<Record<string, unknown>>,
  answering: ReadonlySet<string>,
): readonly { readonly webhook: string; readonly service: string }[] {
  return listIn(configuration, 'webhooks').flatMap(({ name, failurePolicy, clientConfig }) => {
    const { namespace, name: service } = fieldsOf(fieldsOf(clientConfig)['service']);
    if (failurePolicy === 'Ignore' || typeof service !== 'string') return [];
    const place = `${String(namespace)}/${service}`;
    return answering.has(place) ? [] : [{ webhook: String(name), service: place }];
  });
}

/** Services that somebody answers for, by their EndpointSlices. */
export function answeringServices(slices: readonly KubernetesObject[]): ReadonlySet<string> {
  return new Set(
    slices.flatMap((slice) => {
      const { namespace = '', labels = {} } = slice.metadata;
      const service = labels['kubernetes.io/service-name'];
      const isReady = listIn(slice, 'endpoints').some(
        // Absent means ready (Kubernetes API reference, EndpointConditions).
        ({ conditions }) => fieldsOf(conditions)['ready'] !== false,
      );
      return service === undefined || !isReady ? [] : [`${namespace}/${service}`];
    }),
  );
}
