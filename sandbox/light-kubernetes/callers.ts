/**
 * Who asks, and what may they: a bearer token is the emulated EKS's to judge (TokenReview v1), as for real API servers; rights are
 * those of the roles that EKS's access policies stand for, bound by objects of the cluster.
 */
import { Agent, request } from 'undici';
import { z } from 'zod';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { ServedKind } from './kinds.ts';
import type { LightCluster } from './light-cluster.ts';
import type { LightObject } from './light-object.ts';

export interface Caller {
  readonly username: string;
  readonly groups: readonly string[];
}

/** As the sandbox's API servers: a changed access entry is seen soon. Milliseconds. */
const REMEMBERED_MS = 5_000;
const FORGET_AT = 5_000;
const TIMEOUT_MS = 10_000;
const EVERYTHING_GROUP = 'system:masters';

const reviewSchema = z.object({
  status: z.object({
    authenticated: z.boolean().default(false),
    user: z.object({ username: z.string(), groups: z.array(z.string()).default([]) }).optional(),
  }),
});

export class Callers {
  /** Of the world's owner, for every cluster. */
  readonly #adminToken: string;
  readonly #nowMs: () => number;
  readonly #agent = new Agent({ connections: 16 });
  readonly #known = new Map<string, { readonly caller: Promise<Caller | null>; untilMs: number }>();

  constructor(adminToken: string, nowMs: () => number) {
    this.#adminToken = adminToken;
    this.#nowMs = nowMs;
  }

  /** Null: 401. */
  async who(cluster: LightCluster, authorization: string | undefined): Promise<Caller | null> {
    const token = authorization?.startsWith('Bearer ') === true ? authorization.slice(7) : '';
    if (token === '') return null;
    if (token === this.#adminToken) return { username: 'sandbox', groups: [EVERYTHING_GROUP] };
    const key = `${cluster.tokenWebhookUrl} ${token}`;
    const nowMs = this.#nowMs();
    const known = this.#known.get(key);
    if (known !== undefined && known.untilMs > nowMs) return known.caller;
    if (this.#known.size > FORGET_AT) this.#known.clear();
    const caller = this.#review(cluster.tokenWebhookUrl, token);
    this.#known.set(key, { caller, untilMs: nowMs + REMEMBERED_MS });
    // A webhook that did not answer is asked again.
    caller.catch(() => this.#known.delete(key));
    return caller;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #review(url: string, token: string): Promise<Caller | null> {
    const answer = await request(url, {
      dispatcher: this.#agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token },
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status } = reviewSchema.parse(await answer.body.json());
    return status.authenticated ? (status.user ?? null) : null;
  }
}

export interface Wish {
  readonly isRead: boolean;
  readonly kind: ServedKind;
  readonly namespace: string | null;
}

/** Is one of the caller's groups bound to a role that allows it, in the cluster or in the namespace? */
export function isAllowed(cluster: LightCluster, caller: Caller, wish: Wish): boolean {
  if (caller.groups.includes(EVERYTHING_GROUP)) return true;
  const bound = (kind: string, namespace: string | null): readonly string[] =>
    cluster.objects
      .all(cluster.objects.kinds.ofKind('rbac.authorization.k8s.io/v1', kind), namespace)
      .filter(({ object }) => concerns(object, caller))
      .map(({ object }) => String(fieldsOf(object['roleRef'])['name']));
  const everywhere = bound('ClusterRoleBinding', null).some((role) => allows(role, wish, true));
  if (everywhere || wish.namespace === null) return everywhere;
  return bound('RoleBinding', wish.namespace).some((role) => allows(role, wish, false));
}

/** May ask for paths that are no resources. */
export function mayDoEverything({ objects }: LightCluster, caller: Caller): boolean {
  const kind = objects.kinds.ofKind('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding');
  return (
    caller.groups.includes(EVERYTHING_GROUP) ||
    objects
      .all(kind, null)
      .some(
        ({ object }) =>
          concerns(object, caller) && fieldsOf(object['roleRef'])['name'] === 'cluster-admin',
      )
  );
}

function concerns(binding: LightObject, { groups }: Caller): boolean {
  const { subjects } = binding;
  const listed: readonly unknown[] = Array.isArray(subjects) ? subjects : [];
  return listed
    .map(fieldsOf)
    .some(({ kind, name }) => kind === 'Group' && groups.includes(String(name)));
}

/** The roles that EKS's access policies stand for; any other role allows nothing here. */
function allows(role: string, { isRead, kind }: Wish, inCluster: boolean): boolean {
  const isSecret = kind.kind === 'Secret';
  switch (role) {
    case 'cluster-admin':
      return true;
    case 'eks:admin-view':
      return isRead;
    case 'admin':
    case 'edit':
      return kind.namespaced || (isRead && kind.kind === 'Namespace');
    case 'view':
      return isRead && !isSecret && (kind.namespaced || inCluster);
    default:
      return false;
  }
}
