/** The sandbox with hands to do harm: AWS and both API servers as a platform team and its pipelines reach them. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { IAMClient } from '@aws-sdk/client-iam';
import { ENGINE_CREDENTIALS, REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { HUB } from '#sandbox/hub/seed-hub.ts';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Sandbox } from '#sandbox/world/sandbox.ts';

export interface World {
  readonly sandbox: Sandbox;
  readonly eks: EKSClient;
  /** With the engine's own credentials. */
  readonly engineEks: EKSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly cloudWatch: CloudWatchClient;
  readonly blue: AdminClient;
  readonly hub: AdminClient;
  close(): void;
}

const TIMEOUT_MS = 60_000;

export function openWorld(sandbox: Sandbox): World {
  const endpoint = { endpoint: sandbox.aws.url, region: REGION };
  const asTeam = { ...endpoint, credentials: SANDBOX_CREDENTIALS };
  const clients = {
    eks: new EKSClient(asTeam),
    engineEks: new EKSClient({ ...endpoint, credentials: ENGINE_CREDENTIALS }),
    elb: new ElasticLoadBalancingV2Client(asTeam),
    ec2: new EC2Client(asTeam),
    iam: new IAMClient(asTeam),
    cloudWatch: new CloudWatchClient(asTeam),
  };
  return {
    sandbox,
    ...clients,
    blue: adminOf(sandbox, BLUE),
    hub: adminOf(sandbox, HUB),
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** @throws Error when it is not running */
export function adminOf({ clusters }: Sandbox, name: string): AdminClient {
  const plane = clusters.controlPlane(name);
  if (plane === undefined) throw new Error(`cluster is not running [cluster=${name}]`);
  return plane.client;
}

/** Sets what the emulator's side door can set, below `eks/`. @throws Error with its answer where it refuses */
export async function setAtEks(
  { sandbox }: Pick<World, 'sandbox'>,
  path: string,
  body: unknown,
): Promise<void> {
  const answer = await fetch(`${sandbox.aws.url}/_sandbox/eks/${path}`, {
    method: 'PUT',
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} was refused: ${await answer.text()}`);
}

/** Waits as long as anything here may take. A probe that throws counts as "not yet". */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
): Promise<T> {
  return waitUntil(probe, { what, timeoutMs: TIMEOUT_MS, intervalMs: 100 });
}
