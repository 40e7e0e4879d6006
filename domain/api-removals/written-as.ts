import { fieldsOf, isFields, type Fields } from '#domain/json/json-fields.ts';

/**
 * With which API versions somebody wrote an object. A live object comes in the version that it is asked for in, so what it was
 * written with shows only in what kubectl and the API server remember: the last applied configuration and the field managers.
 */
export interface Writing {
  readonly apiVersion: string;
  /** How it shows, for people. */
  readonly evidence: string;
  /** It was so once; whether anybody still writes it so is not known. */
  readonly isPast: boolean;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Each version once, the strongest evidence first. */
export function writtenAs(object: Fields, apiVersion: string): readonly Writing[] {
  const metadata = fieldsOf(object['metadata']);
  const applied = lastApplied(metadata);
  const all: readonly Writing[] = [
    { apiVersion, evidence: `written as ${apiVersion}`, isPast: false },
    ...(applied === null
      ? []
      : [
          { apiVersion: applied, evidence: `last applied by kubectl as ${applied}`, isPast: false },
        ]),
    ...managers(metadata),
  ];
  return all.filter(
    (one, index) => all.findIndex((other) => other.apiVersion === one.apiVersion) === index,
  );
}

function lastApplied(metadata: Fields): string | null {
  const text = fieldsOf(metadata['annotations'])[LAST_APPLIED];
  if (typeof text !== 'string') return null;
  try {
    const applied: unknown = JSON.parse(text);
    const version = fieldsOf(applied)['apiVersion'];
    return typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}

function managers({ managedFields }: Fields): readonly Writing[] {
  const all: readonly unknown[] = Array.isArray(managedFields) ? managedFields : [];
  return all.filter(isFields).flatMap(({ manager, apiVersion }) =>
    typeof apiVersion === 'string'
      ? [
          {
            apiVersion,
            evidence: `field manager ${String(manager)} wrote it as ${apiVersion}`,
            isPast: true,
          },
        ]
      : [],
  );
}
