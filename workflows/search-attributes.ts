import { defineSearchAttributeKey } from '@temporalio/common';
import { RUN_NAMES } from '#domain/migration/run-names.ts';

/** What `temporal workflow list` and the UI can filter by; registered by `cutover doctor`'s command or the sandbox. */
export const CLUSTER = defineSearchAttributeKey('CutoverCluster', 'KEYWORD');
export const PHASE = defineSearchAttributeKey('CutoverPhase', 'KEYWORD');
export const GATE = defineSearchAttributeKey('CutoverGate', 'KEYWORD');
/** Green's greatest share over all routes, percent. */
export const GREEN_WEIGHT = defineSearchAttributeKey(RUN_NAMES.greenWeight, 'INT');
export const TARGET_VERSION = defineSearchAttributeKey('CutoverTargetVersion', 'KEYWORD');
export const OUTCOME = defineSearchAttributeKey('CutoverOutcome', 'KEYWORD');

export const SEARCH_ATTRIBUTES = [
  CLUSTER,
  PHASE,
  GATE,
  GREEN_WEIGHT,
  TARGET_VERSION,
  OUTCOME,
] as const;
