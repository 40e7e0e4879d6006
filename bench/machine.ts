/** The machine that figures were taken on: they mean nothing without it. Called by the benches. */
import { arch, availableParallelism, cpus, platform } from 'node:os';

/** Its class in one line. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${availableParallelism()} cores (${model}), ${platform()}/${arch()}, Node ${process.versions.node}`;
}

/** Call the result for the share of all cores' time that was used since, by anybody, in percent. */
export function startBusyMeter(): () => number {
  const before = readTimes();
  return () => {
    const now = readTimes();
    const total = now.total - before.total;
    return total === 0 ? 0 : Math.round((100 * (total - (now.idle - before.idle))) / total);
  };
}

function readTimes(): { readonly idle: number; readonly total: number } {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (values: readonly number[]): number =>
    values.reduce((total, value) => total + value, 0);
  return {
    idle: sum(times.map(({ idle }) => idle)),
    total: sum(times.flatMap((one) => Object.values(one))),
  };
}
