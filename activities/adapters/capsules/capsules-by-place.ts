import type { Capsules } from '../../capsule-ports.ts';
import type { AwsClients } from '../aws/aws-clients.ts';
import { createFileCapsules } from './file-capsules.ts';
import { createSsmCapsules } from './ssm-capsules.ts';

/** Capsules wherever a plan wants them. @param parts `directory`: of plans that name none */
export function createCapsules(parts: {
  readonly clients: AwsClients;
  readonly directory: string;
}): Capsules {
  const files = createFileCapsules(parts);
  const parameters = createSsmCapsules(parts);
  return {
    write: (place, capsule, signal) =>
      place.with === 'file'
        ? files.write(place, capsule, signal)
        : parameters.write(place, capsule, signal),
    remove: (place, workflowId, signal) =>
      place.with === 'file'
        ? files.remove(place, workflowId, signal)
        : parameters.remove(place, workflowId, signal),
    list: (place, signal) =>
      place.with === 'file' ? files.list(place, signal) : parameters.list(place, signal),
  };
}
