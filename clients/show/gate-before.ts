import type { GateName, PhaseName } from '#domain/migration/phases.ts';

/** The gate that people pass before a phase (DESIGN section 2); for showing gates where they stand in the story. */
export const GATE_BEFORE: Readonly<Partial<Record<PhaseName, GateName>>> = {
  shift: 'shift',
  drain: 'retire',
};
