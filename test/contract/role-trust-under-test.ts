/** IAM and STS with a role that trusts blue: in memory; emulated, with light clusters and with real API servers that sign the tokens. */
import {
  CreateRoleCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  IAMClient,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { createIamRoleTrust } from '#activities/adapters/aws/iam-role-trust.ts';
import type { ServiceAccountTokens } from '#activities/adapters/kubernetes/eks-kubernetes.ts';
import type { ClusterRef, Identified } from '#activities/ports/refs.ts';
import { issuerIn } from '#domain/workloads/service-account-roles.ts';
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import { REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { issuerOf } from '#test/fakes/fake-eks.ts';
import { trustOf } from '#test/fakes/fake-iam.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { EmulatedAws } from './emulated-aws.ts';
import { eksKubernetesUnderTest, lightKubernetesUnderTest } from './kubernetes-under-test.ts';
import type { RoleTrustUnderTest } from './role-trust.contract.ts';

const BLUE_ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/B10E';
const ROLE = 'arn:aws:iam::111122223333:role/contract-orders';
const { signal } = new AbortController();

export async function fakeRoleTrustUnderTest(): Promise<RoleTrustUnderTest> {
  const { ports, world } = createFakeWorld();
  const access = world.plan.spec.access.default;
  world.iam.addRole(ROLE, 'shop-blue', 'shop/orders');
  for (const name of ['orders', 'carts'])
    world.greenKubernetes.seed('serviceaccounts', account(name));
  return {
    roleTrust: ports.roleTrust,
    blue: { access, name: 'shop-blue', issuer: issuerOf('shop-blue') },
    green: {
      access,
      name: 'shop-green',
      identity: world.blue,
      issuer: issuerOf('shop-green'),
    },
    roleArn: ROLE,
    providerTags: async (arn) => world.iam.providers.get(arn) ?? null,
    readPolicy: async () => world.iam.roles.get(ROLE) ?? '',
    writePolicy: async (policy) => void world.iam.roles.set(ROLE, policy),
    overwriteOnce: (policy) => {
      world.iam.onWritten = () => {
        world.iam.roles.set(ROLE, policy);
        world.iam.onWritten = () => undefined;
      };
    },
    recorded: () => JSON.stringify(world.calls.audit),
    stop: async () => undefined,
  };
}

export async function lightRoleTrustUnderTest(): Promise<RoleTrustUnderTest> {
  const under = await lightKubernetesUnderTest();
  const cluster = under.light.cluster('contract');
  cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  for (const name of ['orders', 'carts']) cluster.apply(account(name));
  return emulated(under);
}

export async function realRoleTrustUnderTest(): Promise<RoleTrustUnderTest> {
  const under = await eksKubernetesUnderTest();
  const post = async (path: string, body: unknown): Promise<void> =>
    void (await under.admin.raw({ method: 'POST', path, body }));
  await post('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop' },
  });
  for (const name of ['orders', 'carts'])
    await post('/api/v1/namespaces/shop/serviceaccounts', account(name));
  return emulated(under);
}

async function emulated(under: {
  readonly aws: EmulatedAws;
  readonly tokens: ServiceAccountTokens;
  readonly cluster: ClusterRef;
  readonly identity: Identified;
  readonly stop: () => Promise<void>;
}): Promise<RoleTrustUnderTest> {
  const { aws, tokens, cluster, identity } = under;
  const iam = new IAMClient({ region: REGION, credentials: { ...SANDBOX_CREDENTIALS } });
  const found = await createEksClusters({ clients: aws.clients }).describe(cluster, signal);
  const policy = trustOf(issuerIn(cluster.access.account, BLUE_ISSUER, ROLE), 'shop/orders');
  await iam.send(
    new CreateRoleCommand({ RoleName: 'contract-orders', AssumeRolePolicyDocument: policy }),
  );
  let overwriting: string | null = null;
  const writePolicy = async (PolicyDocument: string): Promise<void> => {
    const RoleName = 'contract-orders';
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  };
  return {
    roleTrust: createIamRoleTrust({
      clients: aws.clients,
      tokens,
      clock: {
        sleep: async (ms) => {
          if (overwriting !== null) await writePolicy(overwriting);
          overwriting = null;
          await delay(ms);
        },
      },
      settleMs: 10,
    }),
    blue: { access: cluster.access, name: 'shop-blue', issuer: BLUE_ISSUER },
    green: { ...cluster, identity, issuer: found?.issuer ?? '' },
    roleArn: ROLE,
    providerTags: async (arn) => {
      try {
        const { Tags = [] } = await iam.send(
          new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }),
        );
        return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
      } catch {
        return null;
      }
    },
    readPolicy: async () => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'contract-orders' }));
      return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    },
    writePolicy,
    overwriteOnce: (policy) => {
      overwriting = policy;
    },
    recorded: () => JSON.stringify(aws.world?.audit.entries() ?? []),
    stop: async () => {
      iam.destroy();
      await under.stop();
    },
  };
}

function account(name: string) {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'shop' } };
}
