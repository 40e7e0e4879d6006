import type { PhaseResult } from '../run.ts';

/** A phase whose plan section does not exist yet says so instead of pretending. */
export function notConfigured(why: string): () => Promise<PhaseResult> {
  return () => Promise.resolve({ status: 'not-configured', facts: { why } });
}
