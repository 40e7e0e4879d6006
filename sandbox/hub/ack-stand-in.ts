/**
 * A stand-in for ACK's EKS controller, which cannot be had here: it turns `Cluster` and `Nodegroup` objects of a hub into calls of
 * EKS, and writes what EKS says back into their status and ACK's conditions. What it claims is in README.md.
 *
 * Invariants: what has no finalizer of ACK's is not ACK's, and nothing at EKS is touched for it; one object is worked on at a time;
 * after Terminal nothing is asked of EKS before the object's spec changes.
 */
import type { EKSClient } from '@aws-sdk/client-eks';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { keyOf, ObjectCache } from '#sandbox/load-balancer-controller/object-cache.ts';
import { WorkQueue } from '#sandbox/load-balancer-controller/work-queue.ts';
import { conditionsOf, refusal, type AckState } from './ack-conditions.ts';
import { CLUSTER, NODEGROUP, type AckKind, type AckObject, type Found } from './ack-kinds.ts';

const DELETION_POLICY = 'services.k8s.aws/deletion-policy';
const FAILED = /(?:^|_)FAILED$/u;

export interface AckStandInOptions {
  /** Of the hub; stays the caller's. */
  readonly client: AdminClient;
  /** With the controller's own credentials; stays the caller's. */
  readonly eks: EKSClient;
  readonly account: string;
  readonly region: string;
  /** How often what is not at rest is looked at. @default 500 */
  readonly everyMs?: number;
}

export interface AckStandIn {
  /** Why the last round of each object failed; those that did not are left out. */
  failures(): Readonly<Record<string, string>>;
  /** Stops following; what it made stays. */
  stop(): Promise<void>;
}

/** Returns once everything was listed. */
export async function startAckStandIn(options: AckStandInOptions): Promise<AckStandIn> {
  const stop = new AbortController();
  const players = [
    await play(CLUSTER, options, stop.signal),
    await play(NODEGROUP, options, stop.signal),
  ];
  return {
    failures: () => Object.assign({}, ...players.map(({ failures }) => failures())),
    stop: async () => {
      stop.abort();
      await Promise.all(players.map(async ({ ended }) => ended()));
    },
  };
}

async function play<T extends AckObject>(
  kind: AckKind<T>,
  options: AckStandInOptions,
  signal: AbortSignal,
): Promise<{
  readonly failures: () => Readonly<Record<string, string>>;
  readonly ended: () => Promise<void>;
}> {
  const { client, everyMs = 500 } = options;
  const cache = new ObjectCache(kind.resource);
  /** Generations that ended in Terminal. */
  const given = new Map<string, number>();
  const queue = new WorkQueue(async (key) => {
    const [namespace = '', name = ''] = key.split('/');
    const object = await client.get(kind.resource, { namespace, name });
    if (object === undefined) return;
    const generation = Number(object.metadata['generation']);
    const isGivenUp = given.get(object.metadata.uid) === generation;
    if (object.metadata.deletionTimestamp !== undefined) return takeDown(kind, object, options);
    if (isGivenUp) return;
    const state = await bringUp(kind, object, options);
    if (state.kind === 'terminal') given.set(object.metadata.uid, generation);
  });
  const all = (): void => {
    for (const object of cache.all()) queue.add(keyOf(object));
  };
  const follow = cache.follow(client, signal, (changed) =>
    changed === undefined ? all() : queue.add(keyOf(changed)),
  );
  // Reported by whoever waits for it below.
  follow.catch(() => undefined);
  await Promise.race([cache.synced, follow]);
  queue.start();
  const timer = setInterval(all, everyMs);
  return {
    failures: () => queue.failures(),
    ended: async () => {
      clearInterval(timer);
      await Promise.allSettled([follow]);
      await queue.stop();
    },
  };
}

async function bringUp<T extends AckObject>(
  kind: AckKind<T>,
  object: T,
  options: AckStandInOptions,
): Promise<AckState> {
  const { client, eks } = options;
  let found: Found | null = null;
  let state: AckState;
  try {
    found = await kind.describe(eks, object);
    const isOurs = object.metadata.finalizers.includes(finalizerOf(kind));
    if (found !== null && !isOurs) {
      found = null;
      state = {
        kind: 'terminal',
        message:
          'This resource already exists but is not managed by ACK. To bring the resource under ACK management, you should explicitly adopt the resource',
      };
    } else if (found === null) {
      const why = await kind.notYet(eks, object);
      if (why === null) {
        // First the finalizer: whatever is at EKS from now on is ours to delete.
        await setFinalizer(kind, object, client, true);
        await kind.create(eks, object);
        found = await kind.describe(eks, object);
      }
      state = { kind: 'pending', message: why ?? 'being created' };
    } else state = stateOf(found);
  } catch (cause) {
    state = refusal(cause);
  }
  await report(kind, object, options, found, state);
  return state;
}

function stateOf({ status, issues }: Found): AckState {
  if (status === 'ACTIVE') return { kind: 'synced' };
  return FAILED.test(status)
    ? { kind: 'terminal', message: `resource is ${status}: ${issues.join('; ')}` }
    : { kind: 'pending', message: `resource is ${status}` };
}

async function takeDown<T extends AckObject>(
  kind: AckKind<T>,
  object: T,
  options: AckStandInOptions,
): Promise<void> {
  const { client, eks } = options;
  if (!object.metadata.finalizers.includes(finalizerOf(kind))) return;
  if (object.metadata.annotations[DELETION_POLICY] === 'retain')
    return setFinalizer(kind, object, client, false);
  const found = await kind.describe(eks, object);
  if (found === null) return setFinalizer(kind, object, client, false);
  if (found.status === 'DELETING') return;
  try {
    await kind.delete(eks, object);
  } catch (cause) {
    // Also of a node group that is still being created: asked again until EKS lets it go.
    const { message } = { message: '', ...refusal(cause) };
    await report(kind, object, options, found, { kind: 'recoverable', message });
  }
}

async function report<T extends AckObject>(
  kind: AckKind<T>,
  { metadata, status }: T,
  { client, account, region }: AckStandInOptions,
  found: Found | null,
  state: AckState,
): Promise<void> {
  const arn = found?.arn ?? status?.ackResourceMetadata?.arn;
  const next = {
    ackResourceMetadata: {
      ownerAccountID: account,
      region,
      ...(arn === undefined ? {} : { arn }),
    },
    ...found?.fields,
    conditions: conditionsOf(state, status?.conditions ?? [], new Date().toISOString()),
  };
  const now: Readonly<Record<string, unknown>> = { ...status };
  const isSame = Object.entries(next).every(
    ([field, value]) => value === undefined || isSameJson(now[field], value),
  );
  if (isSame) return;
  const ref = { name: metadata.name, namespace: metadata.namespace };
  await client.patch(kind.resource, ref, { status: next }, { subresource: 'status' });
}

/** The order of members does not matter to an API server, which has its own. */
function isSameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]): [string, unknown] => [key, sorted(item)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function setFinalizer<T extends AckObject>(
  kind: AckKind<T>,
  { metadata }: T,
  client: AdminClient,
  isWanted: boolean,
): Promise<void> {
  const ours = finalizerOf(kind);
  if (metadata.finalizers.includes(ours) === isWanted) return;
  const others = metadata.finalizers.filter((one) => one !== ours);
  const finalizers = isWanted ? [...others, ours] : others;
  const ref = { name: metadata.name, namespace: metadata.namespace };
  await client.patch(kind.resource, ref, { metadata: { finalizers } });
}

function finalizerOf({ resource }: { readonly resource: { readonly kind: string } }): string {
  return `finalizers.eks.services.k8s.aws/${resource.kind}`;
}
