import type { Fault } from './faults.ts';
import { tell, type Stage, type ToldStory } from './story.ts';

/**
 * The same violation with as few faults as possible: first none, then without each half, then without each one, until nothing
 * can be left out any more.
 */
export async function shrink(stage: Stage, told: ToldStory): Promise<ToldStory> {
  let best = told;
  const attempt = async (faults: readonly Fault[]): Promise<boolean> => {
    const again = await tell(stage, { seed: told.seed, faults });
    if (again.violation?.invariant !== told.violation?.invariant) return false;
    best = again;
    return true;
  };
  if (told.violation === null || (await attempt([]))) return best;
  for (
    let size = Math.ceil(best.faults.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  )
    for (let from = 0; from < best.faults.length;) {
      const { faults } = best;
      const fewer = faults.toSpliced(from, size);
      if (!(await attempt(fewer))) from += size;
    }
  return best;
}

/** A story in lines that people can follow, the newest last. */
export function lines({ seed, faults, violation, observations }: ToldStory): readonly string[] {
  const [first] = observations;
  const startMs = first?.atMs ?? 0;
  return [
    `seed ${seed} with ${faults.length} faults:`,
    ...faults.map((fault) => `  ${JSON.stringify(fault)}`),
    ...observations.slice(-80).map((one) => {
      const { atMs, kind, ...rest } = one;
      const seconds = ((atMs - startMs) / 1000).toFixed(3).padStart(11);
      return `${seconds} s  ${kind} ${wordsOf(rest)}`;
    }),
    violation === null
      ? 'nothing was violated'
      : `VIOLATED ${violation.invariant}: ${violation.says}`,
  ];
}

function wordsOf(rest: object): string {
  return Object.entries(rest)
    .flatMap(([name, value]: readonly [string, unknown]) => {
      if (name === 'result' || name === 'weightsRead' || name === 'undoes') return [];
      if (name === 'input') return [shortInput(value)];
      return [
        typeof value === 'string' || typeof value === 'number'
          ? String(value)
          : JSON.stringify(value),
      ];
    })
    .join(' ')
    .slice(0, 240);
}

/** Of an activity's input what tells one from another. */
function shortInput(value: unknown): string {
  const { percent, routeIds, side }: { percent?: unknown; routeIds?: unknown; side?: unknown } =
    Object(value);
  return JSON.stringify({ percent, routeIds, side });
}
