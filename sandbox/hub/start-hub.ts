/**
 * Makes a hub of a running control plane: the definitions of kro and of ACK's EKS controller, the real kro controller as a
 * process, the stand-in for ACK's, and what the product ships for a hub in `deploy/kro/`. Used by
 * `seed-hub.ts`.
 */
import { readFile, readdir } from 'node:fs/promises';
import type { EKSClient } from '@aws-sdk/client-eks';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { resourceOf } from '#sandbox/aws/eks/backend-resources.ts';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import type { ControlPlane } from '#sandbox/kubernetes/control-plane.ts';
import {
  definitionSchema,
  installDefinition,
} from '#sandbox/kubernetes/custom-resource-definitions.ts';
import { defineResource, objectSchema } from '#sandbox/kubernetes/kubernetes-object.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import type { Supervisor } from '#sandbox/processes/supervisor.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import type { ToolPaths } from '#sandbox/tools/ensure-tools.ts';
import { startAckStandIn, type AckStandIn } from './ack-stand-in.ts';

/** The program that `ensureTools` must have been asked for. */
export const HUB_TOOLS = ['kro'] as const;

const TIMEOUT_MS = 60_000;
const DEFINITIONS = new URL('definitions/', import.meta.url);
const SHIPPED = new URL('../../deploy/kro/', import.meta.url);

const accessSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

export const resourceGraphDefinitions = defineResource({
  apiVersion: 'kro.run/v1alpha1',
  kind: 'ResourceGraphDefinition',
  plural: 'resourcegraphdefinitions',
  namespaced: false,
  schema: objectSchema.extend({
    spec: z.looseObject({}),
    status: z.looseObject({ state: z.string().optional() }).optional(),
  }),
});

export interface HubOptions {
  readonly plane: Pick<ControlPlane, 'name' | 'client' | 'adminKubeconfigPath'>;
  readonly supervisor: Supervisor;
  readonly tools: ToolPaths;
  /** ACK's own credentials; stays the caller's. */
  readonly eks: EKSClient;
  readonly account: string;
  readonly region: string;
}

export interface Hub {
  readonly ack: AckStandIn;
  stop(): Promise<void>;
}

/** Returns when kro serves the product's definition. @throws ProcessNotReadyError, WaitTimeoutError */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { plane, supervisor, tools, eks, account, region } = options;
  const { client } = plane;
  const files = (await readdir(DEFINITIONS)).filter((file) => file.endsWith('.yaml'));
  await Promise.all(
    files.map(async (file) => installDefinition(client, await readDefinition(file), TIMEOUT_MS)),
  );
  const [health, metrics] = [await freePort(), await freePort()];
  const kro = await supervisor.spawn({
    name: `${plane.name}-kro`,
    command: tools.path('kro'),
    args: [
      `-health-probe-bind-address=127.0.0.1:${String(health)}`,
      `-metrics-bind-address=127.0.0.1:${String(metrics)}`,
      // A person's patience: kro's own pauses are for clusters that take minutes.
      '-instance-requeue-interval=500ms',
      '-rgd-progress-requeue-delay=500ms',
      '-dynamic-controller-rate-limiter-max-delay=5s',
    ],
    env: { KUBECONFIG: plane.adminKubeconfigPath },
    graceMs: 0,
    ready: {
      timeoutMs: TIMEOUT_MS,
      intervalMs: 100,
      probe: async (signal) =>
        (await fetch(`http://127.0.0.1:${String(health)}/readyz`, { signal })).ok,
    },
  });
  const ack = await startAckStandIn({ client, eks, account, region });
  await admitEngine(client);
  await applyGraph(client, await readFile(new URL('eks-green.yaml', SHIPPED), 'utf8'));
  return {
    ack,
    stop: async () => {
      await ack.stop();
      await kro.stop();
    },
  };
}

/** Applies a ResourceGraphDefinition and waits until kro serves it. @throws WaitTimeoutError */
export async function applyGraph(client: AdminClient, yaml: string): Promise<void> {
  const graph = definitionSchema.parse(parse(yaml));
  const { name } = graph.metadata;
  await client.apply(resourceGraphDefinitions, graph);
  await waitUntil(
    async () => {
      const found = await client.get(resourceGraphDefinitions, { name });
      return found?.status?.state === 'Active';
    },
    { what: `kro to serve ${name}`, timeoutMs: TIMEOUT_MS, intervalMs: 200 },
  );
}

/** The engine's rights on a hub, as they are documented: whoever is of its group has them, and no others. */
async function admitEngine(client: AdminClient): Promise<void> {
  const text = await readFile(new URL('engine-access.yaml', SHIPPED), 'utf8');
  for (const document of parseAllDocuments(text)) {
    const { kind, ...object } = accessSchema.parse(document.toJS());
    await client.apply(resourceOf(kind), object);
  }
}

async function readDefinition(file: string): Promise<z.infer<typeof definitionSchema>> {
  return definitionSchema.parse(parse(await readFile(new URL(file, DEFINITIONS), 'utf8')));
}
