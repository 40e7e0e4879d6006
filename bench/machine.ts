import { arch, availableParallelism, cpus, platform } from 'node:os';

/** The machine's class in one line: figures mean nothing without it. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${availableParallelism()} cores (${model}), ${platform()}/${arch()}, Node ${process.versions.node}`;
}
