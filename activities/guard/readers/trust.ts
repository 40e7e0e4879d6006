import { CutoverFailure } from '#domain/failures.ts';
import type { KubernetesHealth } from '#domain/guard/kubernetes-health.ts';
import { namesProvider } from '#domain/trust-policy/trust-policy.ts';
import { accessOf } from '#activities/access.ts';
import type { Look } from './guard-reader.ts';

/** So many roles are read at a look, one after the other of all that there are: IAM is asked by everybody in the account. */
const AT_A_LOOK = 5;

/**
 * Do roles still trust green? Somebody's edit may lose our statement long after it was proven, and pods notice when their credentials
 * end. A role that cannot be read now stays as it was last seen: IAM's silence takes nobody's credentials away.
 */
export function trustReader(): (look: Look) => Promise<Pick<KubernetesHealth, 'untrusting'>> {
  const lost = new Set<string>();
  let next = 0;
  return async ({ tools, input, run }) => {
    const { trust, spec } = input;
    if (trust === undefined) return {};
    const access = accessOf(spec, 'blue');
    for (const roleArn of trust.roles.slice(next, next + AT_A_LOOK)) {
      try {
        const policy = await tools.ports.roleTrust.read(access, roleArn, run.signal);
        if (namesProvider(policy, trust.green.providerArn)) lost.delete(roleArn);
        else lost.add(roleArn);
      } catch (cause) {
        if (!(cause instanceof CutoverFailure)) throw cause;
        if (cause.type === 'not-found') lost.add(roleArn);
      }
    }
    next = next + AT_A_LOOK < trust.roles.length ? next + AT_A_LOOK : 0;
    return { untrusting: [...lost] };
  };
}
