import type { RoleTrust } from '#activities/ports/role-trust.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { issuerIn } from '#domain/workloads/service-account-roles.ts';
import { admission } from '#domain/trust-policy/admission.ts';
import { policyCharacters, TRUST_POLICY_CHARACTERS } from '#domain/trust-policy/trust-policy.ts';
import { issuerOf } from './fake-eks.ts';
import type { FakeKubernetes } from './fake-kubernetes.ts';

/** IAM and STS in memory: trust policies as text, OIDC providers with tags, and who would get a role. What is written is seen at once. */
export class FakeIam {
  /** Trust policies by role ARN. */
  readonly roles = new Map<string, string>();
  /** Tags of OIDC providers by ARN. */
  readonly providers = new Map<string, Readonly<Record<string, string>>>();
  /** Somebody else's edit, right after a policy was written. */
  onWritten: (roleArn: string) => void = () => undefined;

  /** A role that pods of this service account get on the cluster of that name. @param account `namespace/name` */
  addRole(roleArn: string, cluster: string, account: string): void {
    const issuer = issuerIn(roleArn.split(':')[4] ?? '', issuerOf(cluster), roleArn);
    this.providers.set(issuer.providerArn, {});
    this.roles.set(roleArn, trustOf(issuer, account));
  }

  readonly port = (servers: ReadonlyMap<string, FakeKubernetes>): RoleTrust => ({
    registerIssuer: async (_access, { providerArn }, tags) => {
      if (!this.providers.has(providerArn)) this.providers.set(providerArn, tags);
    },
    removeIssuer: async (_access, providerArn, isOurs) => {
      const tags = this.providers.get(providerArn);
      if (tags !== undefined && isOurs(tags)) this.providers.delete(providerArn);
    },
    read: async (_access, roleArn) => this.#policy(roleArn),
    change: async (_access, roleArn, change) => {
      for (let writes = 0; writes < 5; writes += 1) {
        const before = this.#policy(roleArn);
        const after = change(before);
        if (after === before) return { changed: writes > 0 };
        if (policyCharacters(after) > TRUST_POLICY_CHARACTERS)
          throw new CutoverFailure('trust-policy-full', 'too long', { resource: roleArn });
        this.roles.set(roleArn, after);
        this.onWritten(roleArn);
      }
      throw new CutoverFailure('write-not-verified', 'reads otherwise', { resource: roleArn });
    },
    whyRefused: async (cluster, { namespace, name, roleArn }) => {
      const accounts = servers.get(cluster.name)?.all('serviceaccounts') ?? [];
      const isThere = accounts.some(
        ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
      );
      if (!isThere)
        throw new CutoverFailure('not-found', 'no such account', {
          resource: `${namespace}/${name}`,
        });
      const url = issuerOf(cluster.name);
      const issuer = issuerIn(roleArn.split(':')[4] ?? '', url, roleArn);
      if (!this.providers.has(issuer.providerArn))
        return `InvalidIdentityToken: no OpenIDConnect provider for ${url}`;
      const policy = this.roles.get(roleArn) ?? '{}';
      return admission(policy, issuer, { namespace, name }) === 'yes'
        ? null
        : 'AccessDenied: not authorized to perform sts:AssumeRoleWithWebIdentity';
    },
  });

  #policy(roleArn: string): string {
    const policy = this.roles.get(roleArn);
    if (policy !== undefined) return policy;
    throw new CutoverFailure('not-found', 'no such role', { resource: roleArn });
  }
}

/** As people and tools write it for one service account, `namespace/name`. */
export function trustOf(
  { name, providerArn }: { readonly name: string; readonly providerArn: string },
  account: string,
): string {
  const subject = `system:serviceaccount:${account.replace('/', ':')}`;
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${name}:sub`]: subject, [`${name}:aud`]: 'sts.amazonaws.com' } },
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
