/** Objects that newer Kubernetes does not take, or takes otherwise: in a Helm release, and as they stand on blue. */
import { helmSecret } from '#test/support/helm-secret.ts';
import type { Hazard } from './hazard.ts';
import { deployment, writeAll, type Written } from './objects.ts';
import type { World } from './world.ts';

/** What Helm keeps of a release whose chart nobody touched for years. */
const MANIFEST = `
apiVersion: storagemigration.k8s.io/v1alpha1
kind: StorageVersionMigration
metadata: { name: rewrite-secrets }
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: { name: quay, namespace: shop }
---
apiVersion: storage.k8s.io/v1beta1
kind: VolumeAttributesClass
metadata: { name: fast }
`;

function release(name: string, data: unknown): Written {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    plural: 'secrets',
    name,
    rest: { type: 'helm.sh/release.v1', data },
  };
}

export async function writeOldApis({ blue }: World): Promise<readonly Hazard[]> {
  const gitRepo = { repository: 'https://git.example.com/harbour.git' };
  await writeAll(blue, [
    release('sh.helm.release.v1.harbour.v1', helmSecret({ manifest: MANIFEST })['data']),
    release('sh.helm.release.v1.torn.v1', { release: Buffer.from('torn').toString('base64') }),
    deployment('cloner', { replicas: 0, pod: { volumes: [{ name: 'code', gitRepo }] } }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      plural: 'services',
      name: 'jetty',
      rest: { spec: { externalIPs: ['192.0.2.10'], ports: [{ port: 80 }] } },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      plural: 'endpoints',
      name: 'jetty',
      rest: { subsets: [{ addresses: [{ ip: '192.0.2.11' }], ports: [{ port: 80 }] }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      plural: 'ingressclasses',
      namespaced: false,
      name: 'nginx',
      rest: { spec: { controller: 'k8s.io/ingress-nginx' } },
    },
  ]);
  return [
    { code: 'api-removed', resource: 'StorageVersionMigration rewrite-secrets' },
    { code: 'api-removed-before', resource: 'PodDisruptionBudget shop/quay' },
    { code: 'api-deprecated', resource: 'VolumeAttributesClass fast' },
    { code: 'manifest-unreadable', resource: 'Secret shop/sh.helm.release.v1.torn.v1' },
    { code: 'git-repo-volume', resource: 'Deployment shop/cloner' },
    { code: 'service-external-ips', resource: 'Service shop/jetty' },
    { code: 'endpoints-written', resource: 'Endpoints shop/jetty' },
    { code: 'ingress-nginx', resource: 'IngressClass nginx' },
  ];
}
