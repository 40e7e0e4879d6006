/**
 * `npm run bench -- preflight [--json]`: how long preflight takes over a cluster's objects, against the time to list the same objects
 * and do nothing with them. A real API server with 5,000 objects and 200 releases of Helm, each with ten manifests; one side
 * after the other, three times each, every time in a fresh process with the image's bounds of memory. Exit code 1 where the aim is not kept: ratio 1.5, 300 MB.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ENGINE_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { ToolMissingError } from '#sandbox/tools/tool-missing-error.ts';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { CONTROL_PLANE_TOOLS } from '#sandbox/kubernetes/create-control-planes.ts';
import { awsEnvironment } from '#sandbox/world/sandbox-environment.ts';
import { imageEnvironment } from '../image-environment.ts';
import { describeMachine, startBusyMeter } from '../machine.ts';
import { startChild } from '../rollback/child.ts';
import { OBJECTS, RELEASES } from './cluster-objects.ts';
import { startCluster, type BenchCluster } from './cluster.ts';

const ROUNDS = 3;
const AIM = { ratio: 1.5, peakRssMb: 300 } as const;
const PROGRAM = fileURLToPath(new URL('reader-program.ts', import.meta.url));

const readingSchema = z.object({
  seconds: z.number(),
  peakRssMb: z.number(),
  findings: z.number(),
});
type Reading = z.infer<typeof readingSchema>;

export async function preflight(args: readonly string[]): Promise<number> {
  const json = parseOptions(args);
  if (json === undefined) return 64;
  say(`machine: ${describeMachine()}`);
  const busyPercent = startBusyMeter();
  let cluster: BenchCluster;
  try {
    await setUpTools(CONTROL_PLANE_TOOLS);
    say(`a real API server gets ${OBJECTS} objects and ${RELEASES} releases of Helm`);
    cluster = await startCluster();
  } catch (cause) {
    if (!(cause instanceof ToolMissingError)) throw cause;
    say(cause.message);
    return 1;
  }
  try {
    const readings: Record<'raw' | 'preflight', Reading[]> = { raw: [], preflight: [] };
    for (let round = 1; round <= ROUNDS; round += 1)
      for (const side of ['raw', 'preflight'] as const) {
        const reading = await read(cluster, side);
        readings[side].push(reading);
        say(
          `${side}: ${reading.seconds.toFixed(2)} s, ${Math.round(reading.peakRssMb)} MB, ${reading.findings} findings`,
        );
      }
    say(`cores in use by everybody: ${busyPercent()} %`);
    const rawListSeconds = middle(readings.raw.map(({ seconds }) => seconds));
    const preflightSeconds = middle(readings.preflight.map(({ seconds }) => seconds));
    const report = {
      objects: OBJECTS,
      releases: RELEASES,
      rawListSeconds: rounded(rawListSeconds),
      preflightSeconds: rounded(preflightSeconds),
      ratio: rounded(preflightSeconds / rawListSeconds),
      peakRssMb: Math.round(Math.max(...readings.preflight.map(({ peakRssMb }) => peakRssMb))),
    };
    // What is counted must have been done: each release has one object of a version that is gone.
    if (readings.preflight.some(({ findings }) => findings < RELEASES))
      throw new Error('preflight did not find what is in the releases');
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : shown(report));
    return report.ratio <= AIM.ratio && report.peakRssMb <= AIM.peakRssMb ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

async function read(cluster: BenchCluster, side: 'raw' | 'preflight'): Promise<Reading> {
  const child = await startChild(PROGRAM, {
    ...(await imageEnvironment()),
    ...awsEnvironment(cluster.awsUrl, ENGINE_CREDENTIALS),
  });
  try {
    return readingSchema.parse(await child.ask('read', { side, ...cluster.place }));
  } finally {
    await child.stop();
  }
}

function parseOptions(args: readonly string[]): boolean | undefined {
  try {
    return parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } })
      .values.json;
  } catch (cause) {
    say(`${cause instanceof Error ? cause.message : String(cause)}; allowed: --json`);
    return undefined;
  }
}

function shown(report: Readonly<Record<string, number>>): string {
  return Object.entries(report)
    .map(([name, value]) => `${name.padEnd(18)} ${value}\n`)
    .join('');
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
