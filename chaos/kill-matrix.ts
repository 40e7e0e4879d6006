/**
 * Many migrations side by side, one a lane, until every kill point was met: one real Temporal server with a namespace for each lane,
 * and for each migration a world and a worker process of its own (`run-job.ts`).
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { workflowBundle } from '#test/support/workflow-bundle.ts';
import { jobName, nameOf, type Job } from './kill-points.ts';
import { runJob, type Ending, type Lane } from './run-job.ts';
import { startLanesTemporal } from './temporal.ts';
import { toldAgain } from './told-again.ts';

export interface MatrixOptions {
  readonly jobs: readonly Job[];
  /** Migrations side by side. */
  readonly lanes: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

/** Migrations that begin together are a storm that no two cores bear. */
const LANE_EVERY_MS = 6_000;

/** A migration that goes wrong is an ending; rejects when it cannot begin. @throws ToolMissingError */
export async function runMatrix(options: MatrixOptions): Promise<readonly Ending[]> {
  const { jobs, seed, say } = options;
  const count = Math.min(options.lanes, jobs.length);
  const namespaces = Array.from({ length: count }, (_, index) => `lane-${index + 1}`);
  const stateDir = await mkdtemp(join(tmpdir(), 'cutover-chaos-'));
  const undo: (() => Promise<void> | void)[] = [
    () => rm(stateDir, { recursive: true, force: true }),
  ];
  try {
    const temporal = await startLanesTemporal(stateDir, namespaces);
    undo.push(() => temporal.stop());
    const bundle = join(stateDir, 'workflows.js');
    await writeFile(bundle, (await workflowBundle()).code);
    const waiting = [...jobs];
    const endings: Ending[] = [];
    let told = jobs.length;
    const live = async (namespace: string, index: number): Promise<void> => {
      await delay(index * LANE_EVERY_MS);
      const lane = { namespace, temporal, bundle, stateDir, seed, say };
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        const isAlone = job.trouble?.ownTemporal === true;
        const ended = isAlone ? await runAlone(lane, job) : await runJob(lane, job);
        const { again, wrongs } = toldAgain(ended, told + 1);
        if (again !== null) {
          waiting.push(again);
          told += 1;
        }
        const ending = { ...ended, illegal: [...ended.illegal, ...wrongs] };
        endings.push(ending);
        say(describeEnding(ending, told - endings.length));
      }
    };
    await Promise.all(namespaces.map(live));
    return endings;
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** On a Temporal server of its own, because it is taken away. */
async function runAlone(lane: Lane, job: Job): Promise<Ending> {
  const stateDir = join(lane.stateDir, `alone-${job.number}`);
  await mkdir(stateDir);
  const temporal = await startLanesTemporal(stateDir, [lane.namespace]);
  try {
    return await runJob({ ...lane, temporal }, job);
  } finally {
    await temporal.stop();
  }
}

function describeEnding(ending: Ending, left: number): string {
  const { job, outcome, deaths, unmet, illegal, duplicates, lost, users, seconds } = ending;
  const wrongs = [...illegal, ...duplicates, ...lost];
  if (users.failed > 0) wrongs.push(`${users.failed} requests failed, the first ${users.first}`);
  return [
    `migration ${job.number} (${jobName(job)}): ${outcome ?? 'no end'} after ${deaths.length} deaths and ${seconds} s, ${users.requests} requests; ${left} to go`,
    ...unmet.map((point) => `  it went past ${nameOf(point)}`),
    ...wrongs.map((wrong) => `  WRONG: ${wrong}`),
  ].join('\n');
}
