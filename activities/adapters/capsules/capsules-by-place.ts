import type { CapsulePlace, Capsules } from '#activities/ports/capsules.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { createFileCapsules } from './file-capsules.ts';
import { createS3Capsules } from './s3-capsules.ts';
import { createSsmCapsules } from './ssm-capsules.ts';

/** Capsules wherever a plan wants them. @param parts `directory`: of plans that name none */
export function createCapsules(parts: {
  readonly clients: AwsClients;
  readonly directory: string;
}): Capsules {
  const byPlace = {
    file: createFileCapsules(parts),
    ssm: createSsmCapsules(parts),
    s3: createS3Capsules(parts),
  };
  // Methods take their parameters bivariantly: sound here, because the key is the place's own kind.
  const of = (kind: CapsulePlace['with']): Capsules => byPlace[kind];
  return {
    write: (place, capsule, signal) => of(place.with).write(place, capsule, signal),
    remove: (place, workflowId, signal) => of(place.with).remove(place, workflowId, signal),
    list: (place, signal) => of(place.with).list(place, signal),
  };
}
