/**
 * The one etcd behind every cluster of a sandbox; each cluster keeps to a prefix of its own. Nothing is synced to disk
 * (`--unsafe-no-fsync`): the data outlives a crash of etcd, not one of the machine, and a sandbox needs no more.
 */
import { join } from 'node:path';
import { request } from 'undici';
import { freePorts } from '../processes/free-ports.ts';
import type { SupervisedProcess } from '../processes/supervised-process.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import type { ToolPaths } from '../tools/ensure-tools.ts';

const READY_TIMEOUT_MS = 30_000;
const GRACE_MS = 3_000;

export interface Etcd {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Deletes every key below the prefix. */
  deletePrefix(prefix: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startEtcd(options: {
  readonly supervisor: Supervisor;
  readonly tools: ToolPaths;
  readonly stateDir: string;
}): Promise<Etcd> {
  const { supervisor, tools, stateDir } = options;
  const [clientPort, peerPort] = await freePorts(2);
  const endpoint = `http://127.0.0.1:${String(clientPort)}`;
  const peer = `http://127.0.0.1:${String(peerPort)}`;
  const server: SupervisedProcess = await supervisor.spawn({
    name: 'etcd',
    command: tools.path('etcd'),
    args: [
      '--name=sandbox',
      `--data-dir=${join(stateDir, 'etcd')}`,
      `--listen-client-urls=${endpoint}`,
      `--advertise-client-urls=${endpoint}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=sandbox=${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    graceMs: GRACE_MS,
    ready: { timeoutMs: READY_TIMEOUT_MS, probe: (signal) => isHealthy(endpoint, signal) },
  });

  return {
    endpoint,
    deletePrefix: async (prefix) => {
      const response = await request(`${endpoint}/v3/kv/deleterange`, {
        method: 'POST',
        body: JSON.stringify({ key: base64(prefix), range_end: base64(endOfRange(prefix)) }),
      });
      const text = await response.body.text();
      if (response.statusCode !== 200) {
        throw new Error(
          `etcd did not delete ${prefix} [status=${String(response.statusCode)}]: ${text}`,
        );
      }
    },
    stop: () => server.stop(),
  };
}

async function isHealthy(endpoint: string, signal: AbortSignal): Promise<boolean> {
  const response = await request(`${endpoint}/health`, { signal });
  await response.body.dump();
  return response.statusCode === 200;
}

/** etcd's way to say "everything that begins with": the range ends before the prefix with its last byte raised by one. */
function endOfRange(prefix: string): Buffer {
  const end = Buffer.from(prefix);
  end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
  return end;
}

function base64(key: string | Buffer): string {
  return Buffer.from(key).toString('base64');
}
