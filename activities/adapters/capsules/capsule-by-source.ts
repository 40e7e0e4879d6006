import { CutoverFailure } from '#domain/failures.ts';
import type { FoundCapsule } from '#activities/ports/capsules.ts';
import type { Access } from '#activities/ports/refs.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { readObject } from './s3-capsules.ts';
import { createSsmCapsules } from './ssm-capsules.ts';

/**
 * The capsule that a person names: `ssm:PATH` or `s3://BUCKET/KEY`. Both are looked for in the account of the access alone: what
 * lies in a stranger's bucket is not believed. Null where there is none. Fails `invalid-request` where the name has another form.
 */
export async function readCapsuleSource(
  clients: AwsClients,
  source: string,
  access: Access,
  signal: AbortSignal,
): Promise<FoundCapsule | null> {
  if (source.startsWith('ssm:')) {
    const place = { with: 'ssm', prefix: source.slice('ssm:'.length), access } as const;
    const [found = null] = await createSsmCapsules({ clients }).list(place, signal);
    return found;
  }
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/su.exec(source) ?? [];
  if (bucket !== undefined && key !== undefined)
    return readObject(clients, { bucket, access }, key, signal);
  throw new CutoverFailure(
    'invalid-request',
    'a capsule is named ssm:PATH, s3://BUCKET/KEY or by its file',
    { resource: source },
  );
}
