import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order } from './teller-program.ts';
import type { Told } from './teller.ts';

/** Hands seeds to processes, one by one, so that none waits for another; the first violation ends it. */
export interface Simulation {
  /** The workflow bundle. */
  readonly code: string;
  readonly runs: number;
  /** Of the first run; the others follow. */
  readonly seed: number;
  readonly processes: number;
  /** Stories of the tour instead of what seeds draw; its numbers are the seeds. */
  readonly isTour: boolean;
  /** The name of a planted defect. */
  readonly defect: string | null;
}

const PROGRESS_EVERY_MS = 10_000;
/** A story that takes longer hangs: in an endless loop of workflow code, say. Shrinking is within it. */
const LONGEST_STORY_MS = 10 * 60_000;

/** What was told, by seed. */
export async function simulate(simulation: Simulation): Promise<readonly Told[]> {
  const told: Told[] = [];
  const end = simulation.seed + simulation.runs;
  let next = simulation.seed;
  let lastMs = performance.now();
  const one = async (): Promise<void> => {
    const child = fork(fileURLToPath(new URL('teller-program.ts', import.meta.url)));
    try {
      await answer(child, {
        kind: 'begin',
        code: simulation.code,
        defect: simulation.defect,
      });
      while (next < end) {
        const seed = next;
        next += 1;
        const story = await storyOf(child, { kind: 'tell', seed, isTour: simulation.isTour });
        told.push(story);
        if (story.violation !== null) next = end;
        if (performance.now() - lastMs < PROGRESS_EVERY_MS) continue;
        lastMs = performance.now();
        process.stderr.write(`${told.length} of ${simulation.runs} runs\n`);
      }
    } finally {
      child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: simulation.processes }, one));
  return told.toSorted((a, b) => a.seed - b.seed);
}

async function storyOf(
  child: ChildProcess,
  order: Extract<Order, { readonly kind: 'tell' }>,
): Promise<Told> {
  const { seed } = order;
  const told = await answer(child, order);
  if (isTold(told)) return told;
  const says = `the story of seed ${seed} does not come to an end in ${LONGEST_STORY_MS / 60_000} minutes`;
  return {
    seed,
    outcome: 'none',
    activations: 0,
    hash: '',
    killed: [],
    replays: 0,
    violation: { invariant: 'I1 a run ends', says, story: [says] },
  };
}

/** What the process answers; null where it does not in time. */
async function answer(child: ChildProcess, order: Order): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const timer = setTimeout(() => resolve(null), LONGEST_STORY_MS);
  const died = (code: number | null): void =>
    reject(new Error(`a process ended with ${String(code)}`));
  child.once('message', resolve);
  child.once('exit', died);
  child.send(order);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', resolve);
    child.off('exit', died);
  }
}

function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && 'seed' in value;
}
