/**
 * A pod's one container as a process of this machine: the image's command is Node's own, its world is `pod-world.mjs`. Its termination
 * message is read when it has ended. It dies with whoever started it.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentPod } from './agent-resources.ts';

const WORLD = new URL('pod-world.mjs', import.meta.url).href;
/** As a kubelet reads it at most ("Determine the Reason for Pod Failure", Kubernetes documentation). */
const MOST_MESSAGE = 4096;

export interface PodEnd {
  readonly exitCode: number;
  readonly message: string;
}

export interface PodProcess {
  readonly ended: Promise<PodEnd>;
  /** As SIGKILL. */
  kill(): void;
}

export async function startPodProcess(options: {
  readonly pod: AgentPod;
  /** Its own; gone with it. */
  readonly directory: string;
  /** Directories of volumes by claim's name. */
  readonly volumes: ReadonlyMap<string, string>;
  readonly resolvConf: string;
  readonly ports: {
    readonly relayPort: number;
    readonly dnsPort: number;
    readonly listenPort: number;
  };
}): Promise<PodProcess> {
  const { pod, directory, volumes, resolvConf, ports } = options;
  const [container] = pod.spec.containers;
  const [program, ...args] = [...(container?.command ?? []), ...(container?.args ?? [])];
  if (program !== 'node') throw new Error(`the image has no ${String(program)}`);
  await mkdir(directory, { recursive: true });
  const place = (name: string): string => join(directory, name);
  await writeFile(place('resolv.conf'), resolvConf);
  await writeFile(place('termination-log'), '');
  const mounts = (container?.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
    const volume = pod.spec.volumes.find((candidate) => candidate.name === name);
    const at = volumes.get(volume?.persistentVolumeClaim?.claimName ?? '');
    return at === undefined ? [] : [[mountPath, at] as const];
  });
  const files = {
    '/etc/resolv.conf': place('resolv.conf'),
    '/dev/termination-log': place('termination-log'),
    ...Object.fromEntries(mounts),
  };
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: {
      NODE_OPTIONS: `--import=${WORLD}`,
      SANDBOX_POD: JSON.stringify({ uid: pod.metadata.uid, ...ports, files }),
    },
    // Its end of the pipe closes when this process ends, however it ends.
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 137));
  });
  const end = async (): Promise<PodEnd> => {
    const exitCode = await exited;
    const message = await readFile(place('termination-log'), 'utf8').catch(() => '');
    await rm(directory, { recursive: true, force: true });
    return { exitCode, message: message.slice(0, MOST_MESSAGE) };
  };
  const ended = end();
  return { ended, kill: () => child.kill('SIGKILL') };
}
