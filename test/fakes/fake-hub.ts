import type { ClusterDescription } from '#activities/ports/clusters.ts';
import type {
  Awaited,
  EksWay,
  GreenOrder,
  KroWay,
  Provisioner,
} from '#activities/ports/provisioner.ts';
import { createEksProvisioner } from '#activities/adapters/provision/eks-provisioner.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { HubFacts } from '#domain/preflight/hub-findings.ts';
import { isOurs, ownershipTags, type MigrationRef } from '#domain/identity.ts';
import { NEEDED_FIELDS } from '#domain/kro/definition.ts';
import type { FakeEks } from './fake-eks.ts';

/**
 * kro and ACK in memory: an instance first, then, at the next look, the cluster that they make of it at the fake EKS; what they
 * find wrong stays until the test takes it back.
 */
type KroOrder = GreenOrder<KroWay>;

interface FakeInstance {
  readonly ref: MigrationRef;
  isGoing: boolean;
}

export class FakeHub implements Provisioner<KroWay> {
  /** By green's name. */
  readonly instances = new Map<string, FakeInstance>();
  /** kro's own complaint; null: none. */
  ailment: string | null = null;
  /** What preflight reads otherwise than of a hub that is as it should be. */
  facts: Partial<HubFacts> = {};
  readonly #eks: FakeEks;
  readonly #atEks: Provisioner<EksWay>;

  constructor(eks: FakeEks) {
    this.#eks = eks;
    const { clustersPort: clusters, nodegroupsPort: nodegroups } = eks;
    this.#atEks = createEksProvisioner({ clusters, nodegroups });
  }

  async survey({ way }: KroOrder): Promise<HubFacts> {
    return {
      hub: way.hub,
      unreachable: null,
      hasKro: true,
      namespace: way.namespace,
      hasNamespace: true,
      definitionName: way.definition,
      definition: {
        name: way.definition,
        apiVersion: 'kro.run/v1alpha1',
        kind: 'EksGreen',
        isNamespaced: true,
        isActive: true,
        message: '',
        fields: [...NEEDED_FIELDS, ...Object.keys(way.values)],
      },
      strangersInstance: null,
      values: Object.keys(way.values),
      leftOut: [],
      impossible: null,
      ...this.facts,
    };
  }

  async create(
    order: KroOrder,
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'made'; readonly cluster: ClusterDescription }
    | { readonly kind: 'awaited'; readonly awaited: Awaited }
  > {
    const { blue, green, ref } = order;
    const known = this.instances.get(green.name);
    if (known !== undefined && !isOurs(ref, ownershipTags(known.ref)))
      throw new CutoverFailure('stranger-resource', 'not of this migration', {
        resource: `instance ${green.name}`,
      });
    const cluster = await this.#eks.clustersPort.describe(green, signal);
    if (cluster !== null) return { kind: 'made', cluster };
    this.instances.set(green.name, { ref, isGoing: false });
    if (known !== undefined) {
      const identity = { clientToken: `ack-${green.name}`, tags: ownershipTags(ref) };
      await this.#eks.clustersPort.createLike(blue, green, identity, signal);
    }
    return { kind: 'awaited', awaited: this.#awaited(order) };
  }

  async furnish({ blue }: KroOrder, signal: AbortSignal): Promise<number> {
    const nodegroups = await this.#eks.nodegroupsPort.list(blue, signal);
    return nodegroups.length;
  }

  async progress(
    order: KroOrder,
    until: 'control-plane' | 'nodes',
    signal: AbortSignal,
  ): Promise<Awaited | null> {
    if (this.ailment !== null) return this.#awaited(order);
    const cluster = await this.#eks.clustersPort.describe(order.green, signal);
    if (until === 'nodes' && cluster?.status === 'ACTIVE')
      await this.#atEks.furnish(overEks(order), signal);
    return this.#atEks.progress(overEks(order), until, signal);
  }

  async remove(order: KroOrder, signal: AbortSignal): Promise<Awaited | null> {
    const { green, ref } = order;
    const instance = this.instances.get(green.name);
    if (instance !== undefined && isOurs(ref, ownershipTags(instance.ref))) instance.isGoing = true;
    const left = await this.#atEks.remove(overEks(order), signal);
    if (left === null && instance?.isGoing === true) this.instances.delete(green.name);
    return left;
  }

  #awaited({ green }: KroOrder): Awaited {
    return this.ailment === null
      ? { kind: 'waiting', what: 'EKS does not know green yet', resource: green.name }
      : { kind: 'ailing', what: this.ailment, resource: green.name };
  }
}

function overEks(order: KroOrder): GreenOrder<EksWay> {
  return { ...order, way: { with: 'eks' } };
}
