import { objectOwner } from '#domain/workloads/object-owner.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

const RULES = ['f:spec', 'f:rules'];

function ingress(metadata: Readonly<Record<string, unknown>>): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'shop', ...metadata },
  };
}

function managed(manager: string, fieldsV1: unknown): KubernetesObject {
  return ingress({
    managedFields: [
      { manager: 'kubectl', fieldsV1 },
      { manager, fieldsV1 },
    ],
  });
}

describe('the owner of an object', () => {
  it.each([
    [{ labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'Argo CD'],
    [{ annotations: { 'argocd.argoproj.io/tracking-id': 'shop:x' } }, 'Argo CD'],
    [{ labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }, 'Flux'],
    [{ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, 'Helm'],
    [{ annotations: { 'meta.helm.sh/release-name': 'shop' } }, 'Helm'],
    [
      { ownerReferences: [{ kind: 'Site', name: 'shop', controller: true }] },
      'its controller Site shop',
    ],
  ])('%j says %s', (metadata, who) => {
    expect(objectOwner(ingress(metadata), [])?.who).toContain(who);
  });

  it.each([
    ['argocd-controller', 'Argo CD'],
    ['argocd-application-controller', 'Argo CD'],
    ['kustomize-controller', 'Flux'],
    ['helm-controller', 'Flux'],
    ['helm', 'Helm'],
    ['Terraform', 'Terraform'],
    ['pulumi-kubernetes-3a', 'Pulumi'],
  ])('field manager %s of a field that we write is %s', (manager, who) => {
    const object = managed(manager, { 'f:spec': { 'f:rules': {} } });
    expect(objectOwner(object, [RULES])?.who).toBe(`${who} (field manager ${manager})`);
  });

  it('does not mind a tool that owns other fields, people, or its own controller’s status', () => {
    const labels = { 'f:metadata': { 'f:labels': { 'f:team': {} } } };
    expect(objectOwner(managed('argocd-controller', labels), [RULES])).toBeNull();
    expect(
      objectOwner(managed('kubectl-client-side-apply', { 'f:spec': { 'f:rules': {} } }), [RULES]),
    ).toBeNull();
    expect(
      objectOwner(ingress({ labels: { 'app.kubernetes.io/managed-by': 'platform-team' } }), []),
    ).toBeNull();
    expect(
      objectOwner(ingress({ ownerReferences: [{ kind: 'Site', name: 'x' }] }), [RULES]),
    ).toBeNull();
    expect(objectOwner(ingress({ managedFields: 'none' }), [RULES])).toBeNull();
  });
});
