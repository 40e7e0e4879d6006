/**
 * One kube-apiserver: its files, its arguments, its readiness. It can be killed and started again on the same port with
 * the same certificate, keys and data.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessSpec } from '../processes/supervised-process.ts';
import { connectToApi } from './api-connection.ts';
import { tokenFile, type ClusterIdentities } from './cluster-identities.ts';
import type { ControlPlaneSpec } from './control-plane.ts';
import { kubeconfig } from './kubeconfig.ts';

const READY_TIMEOUT_MS = 120_000;
/** EKS tokens live 15 minutes; a short memory lets a changed access entry take effect at once. */
const WEBHOOK_CACHE_TTL = '5s';

export interface ApiServerFiles {
  readonly directory: string;
  readonly serviceAccountKey: string;
  readonly tokens: string;
  readonly authentication: string;
  readonly tokenWebhook: string | undefined;
}

/** Like EKS since 1.32: without a token only the health endpoints answer. */
const AUTHENTICATION = {
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'AuthenticationConfiguration',
  anonymous: {
    enabled: true,
    conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }],
  },
} as const;

export async function writeApiServerFiles(
  directory: string,
  spec: ControlPlaneSpec,
  identities: ClusterIdentities,
): Promise<ApiServerFiles> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = async (name: string, content: string) => {
    const path = join(directory, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    directory,
    serviceAccountKey: await file('service-accounts.key', privateKey),
    tokens: await file('tokens.csv', tokenFile(identities)),
    authentication: await file('authentication.json', JSON.stringify(AUTHENTICATION)),
    tokenWebhook:
      spec.tokenWebhookUrl === undefined
        ? undefined
        : await file(
            'token-webhook.json',
            kubeconfig({ name: 'token-webhook', server: spec.tokenWebhookUrl }),
          ),
  };
}

export function apiServerProcess(options: {
  readonly command: string;
  readonly spec: ControlPlaneSpec;
  readonly files: ApiServerFiles;
  readonly port: number;
  readonly etcdEndpoint: string;
  readonly etcdPrefix: string;
  readonly moreApis?: readonly string[] | undefined;
}): ProcessSpec {
  const { command, spec, files, port } = options;
  return {
    name: `${spec.name}-kube-apiserver`,
    command,
    args: [
      `--emulated-version=${spec.version}`,
      `--etcd-servers=${options.etcdEndpoint}`,
      `--etcd-prefix=${options.etcdPrefix}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${String(port)}`,
      `--cert-dir=${files.directory}`,
      `--service-cluster-ip-range=${spec.serviceCidr}`,
      `--service-account-issuer=${spec.issuerUrl ?? `https://oidc.sandbox.invalid/${spec.name}`}`,
      `--service-account-key-file=${files.serviceAccountKey}`,
      `--service-account-signing-key-file=${files.serviceAccountKey}`,
      `--token-auth-file=${files.tokens}`,
      `--authentication-config=${files.authentication}`,
      ...tokenWebhookArgs(files.tokenWebhook),
      ...moreApiArgs(options.moreApis),
      '--authorization-mode=RBAC',
      '--allow-privileged=true',
      // Its own address is loopback, which Kubernetes allows in no endpoint.
      '--endpoint-reconciler-type=none',
      // One sandbox's load needs no fair queueing; without it a server starts faster and takes less memory.
      '--enable-priority-and-fairness=false',
      '--profiling=false',
    ],
    // Everything it knows is in etcd.
    graceMs: 0,
    ready: {
      timeoutMs: READY_TIMEOUT_MS,
      intervalMs: 100,
      probe: (signal) => isReady(files.directory, port, signal),
    },
  };
}

function tokenWebhookArgs(file: string | undefined): string[] {
  if (file === undefined) return [];
  return [
    `--authentication-token-webhook-config-file=${file}`,
    '--authentication-token-webhook-version=v1',
    `--authentication-token-webhook-cache-ttl=${WEBHOOK_CACHE_TTL}`,
  ];
}

function moreApiArgs(groupVersions: readonly string[] = []): string[] {
  if (groupVersions.length === 0) return [];
  return [`--runtime-config=${groupVersions.map((one) => `${one}=true`).join(',')}`];
}

/**
 * The authority that signed the server's certificate, PEM in base64. The server makes both when it first starts and keeps
 * them in one file, its own certificate first.
 */
export async function readCaData(directory: string): Promise<string> {
  const bundle = await readFile(join(directory, 'apiserver.crt'), 'utf8');
  const start = bundle.lastIndexOf('-----BEGIN CERTIFICATE-----');
  if (start === -1) throw new Error(`no certificate yet [directory=${directory}]`);
  return Buffer.from(bundle.slice(start)).toString('base64');
}

async function isReady(directory: string, port: number, signal: AbortSignal): Promise<boolean> {
  const endpoint = `https://127.0.0.1:${String(port)}`;
  const caData = await readCaData(directory);
  const connection = connectToApi({ endpoint, caData, bearerToken: undefined });
  try {
    return (await connection.send({ method: 'GET', path: '/readyz', signal })) === 'ok';
  } finally {
    await connection.close();
  }
}
