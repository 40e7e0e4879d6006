import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  type Change,
} from '@aws-sdk/client-route-53';
import { CutoverFailure } from '#domain/failures.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { Access } from '#activities/ports/refs.ts';
import { isAwsError, knownFailure } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';

/**
 * Changes of hosted zones. Invariants: one batch at a time for a zone, because Route 53 refuses a second one meanwhile, and
 * whatever is asked for at the same moment goes in one batch (five requests a second is all an account has); a batch that is
 * refused as a whole is tried again part by part, so that one bad record does not hold up the way back of the others; a change
 * counts once it is INSYNC: until then it is remembered here with what was true before.
 */
export interface ZoneChanges {
  /** Sends the changes; not after `deadlineMs` (epoch): fails `late-write`. Does not wait for INSYNC. */
  submit(zone: Zone, request: ChangeRequest): Promise<void>;
  /** The change of this place that is not INSYNC yet, as far as this worker knows; null when there is none. */
  underWay(zone: Zone, place: string, signal: AbortSignal): Promise<UnderWay | null>;
  /** Was the last change of this place sent by this worker? */
  knows(place: string): boolean;
  /** Waits for INSYNC; false when it has not come by `untilMs` (epoch). */
  inSync(zone: Zone, place: string, untilMs: number, signal: AbortSignal): Promise<boolean>;
}

interface Zone {
  readonly access: Access;
  readonly zoneId: string;
}

interface ChangeRequest {
  /** Name of the place, for messages and to be asked for later. */
  readonly place: string;
  readonly changes: readonly Change[];
  readonly deadlineMs: number;
  /** Green's share before the change, null where green was not there: what is still read until it is INSYNC. */
  readonly before: number | null;
}

interface UnderWay {
  readonly before: number | null;
}

interface Sent extends UnderWay {
  readonly changeId: string;
  inSync: boolean;
  askedMs: number;
}

interface Waiting {
  readonly request: ChangeRequest;
  readonly resolve: () => void;
  readonly reject: (failure: unknown) => void;
}

export interface ZoneChangesOptions {
  readonly clients: AwsClients;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  /** Pause between two questions whether a change is INSYNC. @default 1000 */
  readonly pollMs?: number;
  /** How long a batch waits for company. @default 50 */
  readonly gatherMs?: number;
}

export function createZoneChanges(options: ZoneChangesOptions): ZoneChanges {
  const { clients, clock, pollMs = 1_000, gatherMs = 50 } = options;
  const sent = new Map<string, Sent>();
  const queues = new Map<string, Waiting[]>();

  /** Ends when nothing waits for the zone any more. */
  async function work(zone: Zone, queue: Waiting[]): Promise<void> {
    await clock.sleep(gatherMs, NEVER);
    while (queue.length > 0) await send(zone, queue.splice(0));
    queues.delete(keyOf(zone));
  }

  async function send(zone: Zone, batch: readonly Waiting[]): Promise<void> {
    const inTime = batch.filter(({ request, reject }) => {
      if (clock.nowMs() <= request.deadlineMs) return true;
      const resource = request.place;
      reject(
        new CutoverFailure('late-write', 'the change of its records came too late', { resource }),
      );
      return false;
    });
    if (inTime.length === 0) return;
    try {
      const Changes = inTime.flatMap(({ request }) => request.changes);
      const { ChangeInfo } = await clients.route53(zone.access).write.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: zone.zoneId,
          ChangeBatch: { Comment: 'cutover', Changes },
        }),
      );
      for (const { request, resolve } of inTime) {
        const { place, before } = request;
        const changeId = ChangeInfo?.Id ?? '';
        const inSync = ChangeInfo?.Status === 'INSYNC';
        sent.set(place, { changeId, before, inSync, askedMs: clock.nowMs() });
        resolve();
      }
    } catch (cause) {
      if (inTime.length > 1 && isAwsError(cause, 'InvalidChangeBatch')) {
        for (const one of inTime) await send(zone, [one]);
        return;
      }
      for (const { request, reject } of inTime) reject(knownFailure(cause, request.place));
    }
  }

  const underWay: ZoneChanges['underWay'] = async (zone, place, signal) => {
    const last = sent.get(place);
    if (last === undefined || last.inSync) return null;
    if (clock.nowMs() - last.askedMs < pollMs) return last;
    last.askedMs = clock.nowMs();
    const { ChangeInfo } = await clients
      .route53(zone.access)
      .read.send(new GetChangeCommand({ Id: last.changeId }), { abortSignal: signal });
    last.inSync = ChangeInfo?.Status === 'INSYNC';
    return last.inSync ? null : last;
  };

  return {
    submit: (zone, request) =>
      new Promise<void>((resolve, reject) => {
        const key = keyOf(zone);
        const queue = queues.get(key);
        const waiting = { request, resolve, reject };
        if (queue !== undefined) {
          queue.push(waiting);
          return;
        }
        const fresh = [waiting];
        queues.set(key, fresh);
        void work(zone, fresh);
      }),
    underWay,
    knows: (place) => sent.has(place),
    inSync: async (zone, place, untilMs, signal) => {
      for (;;) {
        if ((await underWay(zone, place, signal)) === null) return true;
        if (clock.nowMs() + pollMs > untilMs) return false;
        await clock.sleep(pollMs, signal);
      }
    },
  };
}

/** A batch that others share is not given up because one of them is. */
const NEVER = new AbortController().signal;

function keyOf({ access, zoneId }: Zone): string {
  return JSON.stringify([access.account, access.roleArn ?? null, zoneId]);
}
