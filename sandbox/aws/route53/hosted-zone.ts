/**
 * A hosted zone as the API holds it, and what each of its name servers answers by, which is older for a while. Records are
 * replaced, never changed in place. Written by the handlers.
 */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { AwsError } from '../core/aws-error.ts';
import { canonicalName, compareNames } from './dns-names.ts';

export interface HostedZone {
  readonly id: string;
  /** Canonical. */
  readonly name: string;
  readonly callerReference: string;
  readonly isPrivate: boolean;
  records: readonly ResourceRecordSet[];
  /** `name type` to the protection's comment. */
  readonly protections: Map<string, string | undefined>;
  /** A change is being worked on. */
  busy: boolean;
}

/** A submitted change; INSYNC when all name servers answer by it. */
export interface ZoneChange {
  readonly id: string;
  readonly submittedAt: Date;
  readonly comment: string | undefined;
  inSync: boolean;
}

export class Route53State {
  readonly zones = new Map<string, HostedZone>();
  readonly changes = new Map<string, ZoneChange>();

  /** @throws AwsError NoSuchHostedZone */
  zone(id: string | undefined): HostedZone {
    const bare = bareId(id);
    const zone = this.zones.get(bare);
    if (zone === undefined)
      throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${bare}`, {
        httpStatus: 404,
      });
    return zone;
  }
}

/** Ids travel with or without their kind in front: `/hostedzone/Z1`, `/change/C1`. */
export function bareId(id: string | undefined): string {
  return (id ?? '').replace(/^\/?(?:hostedzone|change)\//u, '');
}

export function protectionKey(name: string | undefined, type: string | undefined): string {
  return `${canonicalName(name ?? '')} ${type ?? ''}`;
}

/** In the order in which they are listed. */
export function sorted(records: readonly ResourceRecordSet[]): readonly ResourceRecordSet[] {
  return records.toSorted(
    (one, other) =>
      compareNames(one.Name ?? '', other.Name ?? '') ||
      (one.Type ?? '').localeCompare(other.Type ?? '') ||
      (one.SetIdentifier ?? '').localeCompare(other.SetIdentifier ?? ''),
  );
}
