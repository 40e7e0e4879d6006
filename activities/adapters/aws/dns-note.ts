import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { z } from 'zod';
import { CutoverFailure } from '#domain/failures.ts';

/** The records of a name as they were found, as text: what `detach` puts back, byte by byte. Called by the Route 53 router. */
export interface DnsNote {
  readonly record: ResourceRecordSet;
  /** external-dns's, where the plan lets us take the name over. */
  readonly ownership: readonly ResourceRecordSet[];
}

const recordSchema = z.looseObject({
  Name: z.string(),
  Type: z.enum(['A', 'AAAA', 'CNAME', 'TXT']),
});
const noteSchema = z.strictObject({ record: recordSchema, ownership: z.array(recordSchema) });

/** Bytes that a router may keep of a route; see `RouteDescription.before`. */
const LONGEST_NOTE = 1024;

/** Fails `limit-exceeded` for ownership records that are too long to be kept. */
export function writeDnsNote(note: DnsNote, place: string): string {
  const text = JSON.stringify(note);
  if (text.length <= LONGEST_NOTE) return text;
  throw new CutoverFailure('limit-exceeded', 'its records are too long to be remembered', {
    resource: place,
  });
}

/** Fails `internal` for a text that `writeDnsNote` did not make. */
export function readDnsNote(text: string, place: string): DnsNote {
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CutoverFailure('internal', 'the note of the records as they were cannot be read', {
      resource: place,
      cause,
    });
  }
}
