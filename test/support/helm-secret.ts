import { gzipSync } from 'node:zlib';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** A release as Helm 3 keeps it: JSON, gzipped, base64 by Helm and again by Kubernetes. */
export function helmSecret({
  manifest,
  status = 'deployed',
}: {
  readonly manifest: string;
  readonly status?: string;
}): KubernetesObject {
  const release = { name: 'web', namespace: 'shop', version: 3, manifest, info: { status } };
  const encoded = gzipSync(JSON.stringify(release)).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    metadata: { name: 'sh.helm.release.v1.web.v3', namespace: 'shop' },
    data: { release: Buffer.from(encoded).toString('base64') },
  };
}
