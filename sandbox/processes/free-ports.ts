/**
 * Loopback ports for servers that are about to start. Two callers, also in different processes, never get the same port:
 * a port is leased by creating a file, and tried by listening on it. Ports come from below the ranges from which Linux
 * (32768 up) and macOS (49152 up) take the local ends of outgoing connections, because a busy traffic generator would
 * otherwise take a port between its choice and its use.
 */
import { randomInt } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
/** After this long a server holds its port itself, or has failed to start. */
const LEASE_MS = 120_000;
const ATTEMPTS = 500;

/** No port could be leased; the machine is out of ports or its temporary directory is not writable. */
class NoFreePortError extends Error {
  override readonly name = 'NoFreePortError';
}

/** One free port on 127.0.0.1. @throws NoFreePortError */
export async function freePort(): Promise<number> {
  const leases = join(tmpdir(), `cutover-ports-${userInfo().username}`);
  await mkdir(leases, { recursive: true });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if ((await lease(join(leases, String(port)))) && (await canListen(port))) return port;
  }
  throw new NoFreePortError(
    `no free port found between ${String(FIRST_PORT)} and ${String(LAST_PORT)}`,
  );
}

/** Several different free ports. @throws NoFreePortError */
export function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, freePort));
}

async function lease(file: string): Promise<boolean> {
  if (await isStale(file)) await rm(file, { force: true });
  try {
    await (await open(file, 'wx')).close();
    return true;
  } catch {
    return false;
  }
}

async function isStale(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > LEASE_MS;
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
