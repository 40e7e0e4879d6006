/**
 * The platform team's hub as an EKS cluster of the account: made through the EKS API with the sandbox's own credentials, furnished with
 * kro and ACK, and entered by the engine as `deploy/kro/engine-access.yaml` says, with no other rights.
 */
import {
  CreateAccessEntryCommand,
  CreateClusterCommand,
  DescribeClusterCommand,
  EKSClient,
} from '@aws-sdk/client-eks';
import type { KubernetesBackend } from '#sandbox/aws/eks/kubernetes-backend.ts';
import { ACCOUNT_ID, REGION, ROLES, SANDBOX_CREDENTIALS, SUBNETS } from '#sandbox/aws/seed.ts';
import type { Supervisor } from '#sandbox/processes/supervisor.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import type { ToolPaths } from '#sandbox/tools/ensure-tools.ts';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { startHub } from './start-hub.ts';

/** As `examples/7-kro.yaml` names it. */
export const HUB = 'platform';
const TIMEOUT_MS = 120_000;

export interface SeededHub {
  /** With all rights; ends with the hub's control plane. */
  readonly admin: AdminClient;
  /** Ends kro and ACK's stand-in; the cluster stays. */
  stop(): Promise<void>;
}

export async function seedHub(options: {
  /** Of the emulated AWS. */
  readonly awsUrl: string;
  readonly backend: KubernetesBackend;
  readonly supervisor: Supervisor;
  readonly tools: ToolPaths;
}): Promise<SeededHub> {
  const { awsUrl, backend, supervisor, tools } = options;
  const eks = new EKSClient({
    endpoint: awsUrl,
    region: REGION,
    credentials: { ...SANDBOX_CREDENTIALS },
    // A controller's queue tries again, and says so in a condition.
    maxAttempts: 1,
  });
  try {
    await eks.send(
      new CreateClusterCommand({
        name: HUB,
        version: '1.36',
        roleArn: ROLES.cluster,
        resourcesVpcConfig: { subnetIds: SUBNETS.map(({ subnetId }) => subnetId) },
        accessConfig: { authenticationMode: 'API' },
      }),
    );
    await waitUntil(
      async () => {
        const { cluster } = await eks.send(new DescribeClusterCommand({ name: HUB }));
        return cluster?.status === 'ACTIVE';
      },
      { what: 'the hub to be ACTIVE', timeoutMs: TIMEOUT_MS, intervalMs: 100 },
    );
    await eks.send(
      new CreateAccessEntryCommand({
        clusterName: HUB,
        principalArn: ROLES.engine,
        kubernetesGroups: ['cutover'],
      }),
    );
    const plane = backend.controlPlane(HUB);
    if (plane === undefined) throw new Error(`cluster is not running [cluster=${HUB}]`);
    const on = { plane, supervisor, tools, eks, account: ACCOUNT_ID, region: REGION };
    const hub = await startHub(on);
    return {
      admin: plane.client,
      stop: async () => {
        await hub.stop();
        eks.destroy();
      },
    };
  } catch (cause) {
    eks.destroy();
    throw cause;
  }
}
