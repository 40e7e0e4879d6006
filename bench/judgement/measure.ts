import { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';
import { runShift, type ShiftOptions, type ShiftOutcome } from './shift.ts';
import { world, type WorldOptions } from './world.ts';

/** Many shifts under the same circumstances: healthy ones, and as many with something wrong with green. */
export type Judged = Pick<ShiftOptions, 'analysis' | 'steps'>;

export interface Measured {
  readonly healthy: readonly ShiftOutcome[];
  /** Green is 20 % slower. */
  readonly slow: readonly ShiftOutcome[];
  /** Green fails one percentage point more of its requests. */
  readonly failing: readonly ShiftOutcome[];
}

const HEALTHY = { latencyFactor: 1, extraErrorShare: 0 };
const SLOW = { latencyFactor: 1.2, extraErrorShare: 0 };
const FAILING = { latencyFactor: 1, extraErrorShare: 0.01 };

/** Of the bad shifts half are slow and half fail. Equal seeds give equal outcomes. */
export function measure(
  { analysis, steps }: Judged,
  { periodsPerStep, noise }: Pick<ShiftOptions, 'periodsPerStep'> & Pick<WorldOptions, 'noise'>,
  { shifts, seed }: { readonly shifts: number; readonly seed: number },
): Measured {
  const periodSeconds = analysis.sources[analysis.truth]?.periodSeconds ?? 1;
  const run = (label: string, count: number, green: WorldOptions['green']): ShiftOutcome[] =>
    Array.from({ length: count }, (_, index) =>
      runShift(
        world(new SeededRandom(seed).fork(`${label} ${index}`), { periodSeconds, noise, green }),
        { analysis, steps, periodsPerStep },
      ),
    );
  const half = Math.floor(shifts / 2);
  return {
    healthy: run('healthy', shifts, HEALTHY),
    slow: run('slow', half, SLOW),
    failing: run('failing', shifts - half, FAILING),
  };
}
