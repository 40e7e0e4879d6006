import { gunzipSync } from 'node:zlib';
import { fieldsOf, isFields } from '#domain/json/json-fields.ts';

/**
 * A release as Helm 3 keeps it in a Secret: JSON, gzipped, base64 by Helm and base64 again by Kubernetes (helm.sh, "Release
 * storage backends"). Its manifest is what Helm compares with at the next upgrade, which fails where the target no longer
 * serves what is in it.
 */
export type HelmRelease =
  | {
      readonly kind: 'release';
      /** `namespace/name revision N`. */
      readonly name: string;
      readonly isDeployed: boolean;
      /** YAML documents. */
      readonly manifest: string;
    }
  | { readonly kind: 'unreadable'; readonly why: string };

/** A Secret holds at most 1 MB; what comes out of it is bounded all the same. */
const MOST_BYTES = 64 * 1_048_576;

export function isHelmRelease(object: unknown): boolean {
  const { kind, type } = fieldsOf(object);
  return kind === 'Secret' && type === 'helm.sh/release.v1';
}

/** Never throws. @param secret as the API server or `kubectl get -o yaml` gives it */
export function readHelmRelease(secret: unknown): HelmRelease {
  const { metadata, data } = fieldsOf(secret);
  const secretName = String(fieldsOf(metadata)['name']);
  const encoded = fieldsOf(data)['release'];
  if (typeof encoded !== 'string')
    return {
      kind: 'unreadable',
      why: `Secret ${secretName} of a Helm release has no data.release`,
    };
  try {
    const zipped = Buffer.from(Buffer.from(encoded, 'base64').toString('latin1'), 'base64');
    const text = gunzipSync(zipped, { maxOutputLength: MOST_BYTES }).toString('utf8');
    const release: unknown = JSON.parse(text);
    if (!isFields(release)) throw new Error('it is no object');
    const { name, namespace, version, manifest, info } = release;
    return {
      kind: 'release',
      name: `${String(namespace)}/${String(name)} revision ${String(version)}`,
      isDeployed: fieldsOf(info)['status'] === 'deployed',
      manifest: typeof manifest === 'string' ? manifest : '',
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'unreadable', why: `Helm release in Secret ${secretName}: ${reason}` };
  }
}
