import { assertNever } from '#domain/assert-never.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { moveAbout } from '#domain/health-moves.ts';
import { clientToken, isOurs } from '#domain/identity.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { instanceAnnotations, ownerOfInstance } from '#domain/kro/instance.ts';
import { progressOf, type KroProgress } from '#domain/kro/progress.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { Awaited, EksWay, KroWay, Provisioner } from '#activities/ports/provisioner.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import { instanceSpec, valuesOfBlue } from './green-values.ts';
import {
  connectHub,
  nameOfInstance,
  readObjects,
  servedDefinition,
  type KroOrder,
  type ServedDefinition,
} from './hub.ts';
import { hasAckTag } from './ack-tag.ts';
import { going, hubOf, instanceText, noDefinition } from './kro-words.ts';
import { surveyHub } from './survey-hub.ts';

/**
 * Green through kro and ACK on a hub: one instance of a ResourceGraphDefinition, from which they make control plane and node groups. What
 * becomes of it is read from the instance, from ACK's objects, and, as the last word, from EKS.
 *
 * Invariants: the instance is applied once in an attempt, whole, so that a repeat and a second worker change nothing; a stranger's
 * instance is never written; what kro takes away is awaited at EKS.
 */
export interface KroParts extends Pick<Ports, 'clusters' | 'kubernetes'> {
  readonly clients: AwsClients;
  /** Takes away at EKS what the hub has let go, as deletion policy `retain` does. */
  readonly eks: Provisioner<EksWay>;
}

export function createKroProvisioner(parts: KroParts): Provisioner<KroWay> {
  const { clients, clusters, eks } = parts;
  return {
    survey: (order, signal) =>
      asFailure(hubOf(order), signal, async () => surveyHub(parts, order, signal)),

    create: (order, signal) =>
      asFailure(hubOf(order), signal, async () => {
        const hub = await connectHub(parts, order, signal);
        const served = await requireDefinition(hub, order, signal);
        const { instance } = await readOurs(hub, served, order, signal);
        const cluster = await clusters.describe(order.green, signal);
        if (cluster !== null) {
          if (instance === null && isOurs(order.ref, cluster.tags))
            throw new CutoverFailure(
              'unexpected-shape',
              'green of an earlier attempt has no instance on the hub: delete green first, or go on through the EKS API',
              { resource: cluster.arn },
            );
          return { kind: 'made', cluster };
        }
        if (instance?.metadata['deletionTimestamp'] !== undefined)
          return { kind: 'awaited', awaited: going(order) };
        if (instance === null || ownerOfInstance(instance, order.ref) !== 'this-attempt') {
          const { values } = await valuesOfBlue(clients, order, signal);
          await hub.apply(served, instanceOf(order, served, values), signal);
        }
        const objects = await readObjects(hub, served, order, signal);
        const awaited = awaitedOf(progressOf(objects, 'control-plane')) ?? {
          kind: 'waiting',
          what: 'EKS does not know green yet',
          resource: order.green.name,
        };
        return { kind: 'awaited', awaited };
      }),

    furnish: (order, signal) =>
      asFailure(hubOf(order), signal, async () => {
        const hub = await connectHub(parts, order, signal);
        const served = await requireDefinition(hub, order, signal);
        const { instance, nodegroups } = await readOurs(hub, served, order, signal);
        const asked = fieldsOf(instance?.['spec'])['nodegroups'];
        return Array.isArray(asked) ? asked.length : nodegroups.length;
      }),

    progress: (order, until, signal) =>
      asFailure(hubOf(order), signal, async () => {
        const hub = await connectHub(parts, order, signal);
        const served = await servedDefinition(hub, order.way.definition, signal);
        // Without its definition the instance cannot even be asked for.
        if (served === null) return { kind: 'ailing', ...noDefinition(order) };
        const objects = await readOurs(hub, served, order, signal);
        return (
          awaitedOf(progressOf(objects, until)) ?? (await eksWord(parts, order, until, signal))
        );
      }),

    remove: (order, signal) =>
      asFailure(hubOf(order), signal, async () => {
        const hub = await connectHub(parts, order, signal);
        const served = await servedDefinition(hub, order.way.definition, signal);
        const { namespace, name } = nameOfInstance(order);
        const instance = served === null ? null : await hub.get(served, namespace, name, signal);
        const isOurInstance =
          instance !== null && ownerOfInstance(instance, order.ref) !== 'stranger';
        if (served === null && (await isKeptByAck(parts, order, signal)))
          return { kind: 'ailing', ...noDefinition(order) };
        if (served === null || !isOurInstance)
          return eks.remove({ ...order, way: { with: 'eks' } }, signal);
        if (instance.metadata['deletionTimestamp'] !== undefined) return going(order);
        const locked = await unlock(parts, order, signal);
        if (locked !== null) return locked;
        await hub.delete(served, namespace, name, signal);
        return going(order);
      }),
  };
}

/** The instance and what is made of it; fails `stranger-resource` where it is not this migration's. */
async function readOurs(
  hub: KubernetesCluster,
  served: ServedDefinition,
  order: KroOrder,
  signal: AbortSignal,
) {
  const objects = await readObjects(hub, served, order, signal);
  const { instance } = objects;
  if (instance !== null && ownerOfInstance(instance, order.ref) === 'stranger')
    throw new CutoverFailure(
      'stranger-resource',
      'an instance of green’s name is not of this migration',
      { resource: instanceText(order) },
    );
  return objects;
}

async function requireDefinition(
  hub: KubernetesCluster,
  order: KroOrder,
  signal: AbortSignal,
): Promise<ServedDefinition> {
  const served = await servedDefinition(hub, order.way.definition, signal);
  if (served?.isActive === true) return served;
  const { what, resource } = noDefinition(order);
  throw new CutoverFailure(
    'unexpected-shape',
    served === null
      ? what
      : `kro does not serve the ResourceGraphDefinition, expected is state Active: ${served.message}`,
    { resource },
  );
}

function instanceOf(
  order: KroOrder,
  served: ServedDefinition,
  ofBlue: Parameters<typeof instanceSpec>[0],
): KubernetesObject {
  const { apiVersion, kind } = served;
  const annotations = instanceAnnotations(order.ref);
  return {
    apiVersion,
    kind,
    metadata: { ...nameOfInstance(order), annotations },
    spec: instanceSpec(ofBlue, served, order),
  };
}

function awaitedOf(progress: KroProgress): Awaited | null {
  switch (progress.kind) {
    case 'ready':
      return null;
    case 'waiting':
    case 'ailing':
      return progress;
    case 'failed': {
      const { part, what, resource, issues } = progress;
      throw new CutoverFailure(part === 'cluster' ? 'cluster-failed' : 'nodegroup-failed', what, {
        resource,
        nextMove: moveAbout(issues) ?? MEND,
      });
    }
    default:
      return assertNever(progress);
  }
}

const MEND =
  'mend what the message names, on blue or in `green.provision.values`, then start again (docs/runbook.md, “The kro instance does not become ready”)';

/** EKS has the last word, also where a definition says nothing about readiness. */
async function eksWord(
  { clusters, eks }: KroParts,
  order: KroOrder,
  until: 'control-plane' | 'nodes',
  signal: AbortSignal,
): Promise<Awaited | null> {
  const { green } = order;
  if (until === 'control-plane')
    return eks.progress({ ...order, way: { with: 'eks' } }, until, signal);
  const now = await clusters.describe(green, signal);
  return now?.status === 'ACTIVE'
    ? null
    : { kind: 'waiting', what: `green is ${now?.status ?? 'gone'}`, resource: green.name };
}

/** Is there a green of ours that ACK would make again if we took it away at EKS? */
async function isKeptByAck(
  { clusters }: KroParts,
  { green, ref }: KroOrder,
  signal: AbortSignal,
): Promise<boolean> {
  const now = await clusters.describe(green, signal);
  return now !== null && isOurs(ref, now.tags) && hasAckTag(now.tags);
}

/** ACK deletes as EKS lets it: what protects green from deletion is ours to switch off. Null: nothing does. */
async function unlock(
  { clusters }: KroParts,
  { green, ref }: KroOrder,
  signal: AbortSignal,
): Promise<Awaited | null> {
  const now = await clusters.describe(green, signal);
  if (now === null || !isOurs(ref, now.tags)) return null;
  const token = clientToken(ref, 'allow-deletion-green');
  const { updating } = await clusters.allowDeletion(green, token, signal);
  return updating
    ? { kind: 'waiting', what: 'deletion protection is being turned off', resource: now.arn }
    : null;
}
