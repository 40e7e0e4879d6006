import { readFile } from 'node:fs/promises';
import type { Surroundings } from '#activities/ports/surroundings.ts';

const PROGRAM = new URL('../../../deploy/probe/probe.mjs', import.meta.url);

/** The program that lies beside the worker's own sources. */
export function probeProgram(): Pick<Surroundings, 'probeProgram'> {
  return { probeProgram: async () => readFile(PROGRAM, 'utf8') };
}
