import type { MigrationRef } from '#domain/identity.ts';

/** What all probes of one asking share, from the plan and the migration. */
export interface ProbeSetting {
  readonly ref: MigrationRef;
  /** As the plan names it: any image with Node.js 20 or newer and nothing else. */
  readonly image: string;
  readonly namespace: string;
  /** How long one Job may take, from its start. */
  readonly forSeconds: number;
  /** Text of `deploy/probe/probe.mjs`; a Job carries it in its command, so nobody builds an image. */
  readonly program: string;
}

/** How long a probe's own program tries: failed attempts must be told before the Job's time is over. Seconds. */
export function triesForSeconds({ forSeconds }: Pick<ProbeSetting, 'forSeconds'>): number {
  return Math.max(4, Math.floor(forSeconds / 3));
}

/** After how many seconds of asking nothing is waited for any more: a volume takes two Jobs, and a cluster some time to tell. */
export function overAfterSeconds({ forSeconds }: Pick<ProbeSetting, 'forSeconds'>): number {
  return 2 * forSeconds + 60;
}

/**
 * Every object of a probe: derived from the migration and the probe, so that asking twice finds it (I6). At most 61 characters:
 * Services and Jobs have 63.
 */
export function probeObjectName(
  { ref }: Pick<ProbeSetting, 'ref'>,
  slug: string,
  part: string,
): string {
  const name = `probe-${ref.migrationId}-${slug}`;
  return part === '' ? name : `${name}-${part}`;
}

const LABEL = 'cutover/probe';
const MIGRATION_LABEL = 'cutover/migration-id';

/** Label of the pods that answer to others. */
export function labelsOf(
  { ref }: Pick<ProbeSetting, 'ref'>,
  slug: string,
): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/managed-by': 'cutover',
    [MIGRATION_LABEL]: ref.migrationId,
    [LABEL]: slug,
  };
}

/** May this migration take the object away? */
export function isProbeOf(
  { ref }: Pick<ProbeSetting, 'ref'>,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return labels?.[MIGRATION_LABEL] === ref.migrationId;
}
