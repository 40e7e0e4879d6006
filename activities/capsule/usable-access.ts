import type { Capsule, CapsuleAccess, CapsuleCall } from '#domain/capsule/capsule.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { ClusterAccess } from '#activities/ports/cluster-access.ts';

/**
 * In an emergency whoever has rights has them in their own way: the role that the engine uses is taken where it can be, else the
 * person's own credentials, if they are of the right account. Fails `credentials-missing` where neither is so.
 */
export async function withUsableAccess(
  { whoAmI }: Pick<ClusterAccess, 'whoAmI'>,
  capsule: Capsule,
  say: (sentence: string) => void,
  signal: AbortSignal,
): Promise<Capsule> {
  const usable = new Map<string, Promise<CapsuleAccess>>();
  const usableOf = (access: CapsuleAccess): Promise<CapsuleAccess> => {
    const key = JSON.stringify(access);
    const known = usable.get(key) ?? choose({ whoAmI }, access, say, signal);
    usable.set(key, known);
    return known;
  };
  const withCall = async (call: CapsuleCall): Promise<CapsuleCall> =>
    call.service === 'kubernetes'
      ? { ...call, cluster: { ...call.cluster, access: await usableOf(call.cluster.access) } }
      : call;
  const routes = await Promise.all(
    capsule.routes.map(async (route) => ({
      ...route,
      access: await usableOf(route.access),
      wayBack: {
        calls: await Promise.all(route.wayBack.calls.map(withCall)),
        readBack: await Promise.all(
          route.wayBack.readBack.map(async (one) => ({ ...one, ask: await withCall(one.ask) })),
        ),
      },
    })),
  );
  return { ...capsule, routes };
}

async function choose(
  { whoAmI }: Pick<ClusterAccess, 'whoAmI'>,
  access: CapsuleAccess,
  say: (sentence: string) => void,
  signal: AbortSignal,
): Promise<CapsuleAccess> {
  const { account, region, roleArn } = access;
  if (roleArn !== undefined) {
    try {
      if ((await whoAmI(access, signal)).account === account) return access;
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof CutoverFailure)) throw cause;
      say(`${roleArn} cannot be assumed; trying with your own credentials`);
    }
  }
  const own = { account, region };
  const caller = await whoAmI(own, signal);
  if (caller.account === account) return own;
  throw new CutoverFailure(
    'credentials-missing',
    `the route lives in account ${account}, the credentials are of ${caller.account}`,
    { resource: caller.arn },
  );
}
