/**
 * One Ingress group brought to what its Ingresses say, from nothing to a serving load balancer and back to nothing. Runs at
 * every event of the group, and at the controller's resync; what fails is tried again by its queue. Invariants: the
 * finalizer is on before anything is made and goes off only after everything is gone; nothing without the stack's tags is
 * touched. Called by controller.ts.
 */
import type {
  ElasticLoadBalancingV2Client,
  LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { isIP } from 'node:net';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import type { Service } from '../service-endpoints.ts';
import { deployListeners, deployLoadBalancer } from './deploy-stack.ts';
import { groupOf, type IngressGroup } from './ingress-group.ts';
import { ingresses, type Ingress, type IngressClass } from './ingress-objects.ts';
import { deleteOtherBindings, deployBindings } from './stack-bindings.ts';
import { stackModel } from './stack-model.ts';
import { deleteOtherTargetGroups, deployTargetGroups } from './target-groups.ts';

/** What the controller's caches hold now. */
export interface ClusterView {
  ingresses(): readonly Ingress[];
  ingressClasses(): readonly IngressClass[];
  service(namespace: string, name: string): Service | undefined;
}

/** Something that is being deleted is not gone yet; the queue comes back. */
class NotGoneYetError extends Error {
  override readonly name = 'NotGoneYetError';
}

export class IngressReconciler {
  readonly #clusterName: string;
  readonly #client: Pick<AdminClient, 'apply' | 'patch' | 'list' | 'delete'>;
  readonly #elbv2: ElasticLoadBalancingV2Client;
  readonly #view: ClusterView;

  constructor(parts: {
    readonly clusterName: string;
    readonly client: Pick<AdminClient, 'apply' | 'patch' | 'list' | 'delete'>;
    readonly elbv2: ElasticLoadBalancingV2Client;
    readonly view: ClusterView;
  }) {
    this.#clusterName = parts.clusterName;
    this.#client = parts.client;
    this.#elbv2 = parts.elbv2;
    this.#view = parts.view;
  }

  /** @throws IngressNotServedError, or what the SDK or the API server throws. */
  async reconcile(groupId: string): Promise<void> {
    const view = this.#view;
    const group = groupOf(groupId, view.ingresses(), view.ingressClasses());
    if (group.members.length === 0 && group.leaving.length === 0) return;
    for (const ingress of group.members)
      await this.#setFinalizer(ingress, group.finalizer, 'present');
    const service = (namespace: string, name: string): Service | undefined =>
      view.service(namespace, name);
    const model = stackModel({ clusterName: this.#clusterName, group, service });
    const stack = { clusterName: this.#clusterName, stackId: group.id };
    const loadBalancer = await deployLoadBalancer(this.#elbv2, stack, model?.loadBalancer ?? null);
    const models = model?.targetGroups ?? [];
    if (model !== null && loadBalancer !== null) {
      const arns = await deployTargetGroups(this.#elbv2, stack, loadBalancer, models);
      await deployBindings(this.#client, group, models, arns);
      await deployListeners(this.#elbv2, stack, loadBalancer, { model, arns });
      for (const ingress of group.members) await this.#publish(ingress, loadBalancer);
    }
    if (!(await deleteOtherBindings(this.#client, group, models)))
      throw new NotGoneYetError(`bindings of ${group.id} are being deleted`);
    await deleteOtherTargetGroups(this.#elbv2, stack, models);
    for (const ingress of group.leaving)
      await this.#setFinalizer(ingress, group.finalizer, 'absent');
  }

  async #setFinalizer(
    { metadata }: Ingress,
    finalizer: IngressGroup['finalizer'],
    wanted: 'present' | 'absent',
  ): Promise<void> {
    const { name, namespace, finalizers, resourceVersion } = metadata;
    if (finalizers.includes(finalizer) === (wanted === 'present')) return;
    const next =
      wanted === 'present'
        ? [...finalizers, finalizer]
        : finalizers.filter((one) => one !== finalizer);
    // The version makes the write fail when somebody else changed the list meanwhile; the next round tries again.
    const patch = { metadata: { finalizers: next, resourceVersion } };
    await this.#client.patch(ingresses, { name, namespace }, patch);
  }

  /** Written only when it says something new, so that the controller does not wake itself. */
  async #publish({ metadata, status }: Ingress, { DNSName }: LoadBalancer): Promise<void> {
    if (DNSName === undefined) return;
    const [said] = status.loadBalancer.ingress;
    if ((said?.hostname ?? said?.ip) === DNSName) return;
    // The emulated load balancer has an address for a name, and Kubernetes takes no address for a host name.
    const entry = isIP(DNSName) === 0 ? { hostname: DNSName } : { ip: DNSName };
    await this.#client.patch(
      ingresses,
      { name: metadata.name, namespace: metadata.namespace },
      { status: { loadBalancer: { ingress: [entry] } } },
      { subresource: 'status' },
    );
  }
}
