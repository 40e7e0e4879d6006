/** A real API server behind the emulated EKS, filled. */
import { DescribeClusterCommand } from '@aws-sdk/client-eks';
import { eksKubernetesUnderTest } from '#test/contract/kubernetes-under-test.ts';
import { NAMESPACES, namespaceName, objectsOf, type Written } from './cluster-objects.ts';

export interface BenchCluster {
  readonly awsUrl: string;
  /** Where the API server is, and which cluster it is of. */
  readonly place: {
    readonly cluster: string;
    readonly endpoint: string;
    readonly caData: string;
    readonly identity: { readonly arn: string; readonly createdAt: string };
  };
  stop(): Promise<void>;
}

const AT_ONCE = 16;

export async function startCluster(): Promise<BenchCluster> {
  const under = await eksKubernetesUnderTest();
  try {
    const { cluster, identity, aws, admin } = under;
    const { cluster: found } = await aws.owner.eks.send(
      new DescribeClusterCommand({ name: cluster.name }),
    );
    const { endpoint, certificateAuthority } = found ?? {};
    const caData = certificateAuthority?.data;
    const awsUrl = aws.world?.url;
    if (endpoint === undefined || caData === undefined || awsUrl === undefined)
      throw new Error('the cluster has no endpoint');
    const all = Array.from({ length: NAMESPACES }, (_, index) => namespaceName(index));
    for (const name of all)
      await admin.raw({
        method: 'POST',
        path: '/api/v1/namespaces',
        body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      });
    const waiting = all.flatMap(objectsOf);
    const create = async (): Promise<void> => {
      for (let one = waiting.pop(); one !== undefined; one = waiting.pop())
        await admin.raw({ method: 'POST', path: pathOf(one), body: one });
    };
    await Promise.all(Array.from({ length: AT_ONCE }, create));
    return {
      awsUrl,
      place: { cluster: cluster.name, endpoint, caData, identity },
      stop: async () => under.stop(),
    };
  } catch (cause) {
    await under.stop();
    throw cause;
  }
}

const PLURALS: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies' };

function pathOf({ apiVersion, kind, metadata }: Written): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  return `${root}/namespaces/${metadata.namespace}/${plural}`;
}
