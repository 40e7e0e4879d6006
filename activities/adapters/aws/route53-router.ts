import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { CutoverFailure } from '#domain/failures.ts';
import { nameOfPlace, type Route53Place } from '#domain/traffic/route-place.ts';
import type { RouteRef, TrafficRouter } from '#activities/ports/traffic-router.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import { refuseLateWrite } from '#activities/adapters/refuse-late-write.ts';
import { dnsPercentOf, dnsWeightsFor } from './dns-weights.ts';
import { readDnsNote } from './dns-note.ts';
import { nameWayBack } from './name-way-back.ts';
import { readNextRecord, readRecords } from './record-list.ts';
import { recognise, simple, weighted, type FoundRecords } from './record-shape.ts';
import { describeName, unexpectedName } from './route53-describe.ts';
import { createZoneChanges, type ZoneChangesOptions } from './zone-changes.ts';

/**
 * Weights of one DNS name. A simple record cannot stand beside weighted ones, so green is attached by taking it away and
 * creating both colours in one batch; from then on both are written together, always. A change is read back when it is
 * INSYNC and not before: until then the share that was true before it is what users may still get. Weights are never all 0,
 * which Route 53 takes for an equal split. Users follow at the speed of DNS, in both directions.
 */
export function createRoute53Router(parts: ZoneChangesOptions): TrafficRouter<Route53Place> {
  const { clients, clock } = parts;
  const changes = createZoneChanges(parts);

  const read = async (route: Route, signal: AbortSignal): Promise<Found> => {
    const records = await readRecords(clients, zoneOf(route), route, signal);
    if (records.length === 0)
      throw new CutoverFailure('not-found', 'there is no such record', {
        resource: nameOfPlace(route),
      });
    return { records, shape: recognise(route, records) };
  };

  /** Sends what is needed, if anything is, and waits for INSYNC as long as there is time. */
  const write = async (
    route: Route,
    found: Found,
    wanted: Wanted,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const place = nameOfPlace(route);
    const zone = zoneOf(route);
    const needed = differences(found.records, wanted);
    // What stands there already but was sent by nobody we know may be PENDING still: sent again, it gets an id to ask for.
    if (needed.length > 0 || (wanted.provesItself !== true && !changes.knows(place))) {
      const sent = needed.length > 0 ? needed : wanted.records.map(asUpsert);
      await changes.submit(zone, {
        place,
        changes: sent,
        deadlineMs,
        before: shareOf(found.shape),
      });
    }
    return changes.inSync(zone, place, deadlineMs, signal);
  };

  /** For writes that have no deadline of their own: whoever asked comes back as long as the change is PENDING. */
  const writeInPeace = async (
    route: Route,
    found: Found,
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<void> => {
    if (await write(route, found, wanted, clock.nowMs() + WAIT_MS, signal)) return;
    throw new CutoverFailure('waiting', 'the change is PENDING', {
      resource: nameOfPlace(route),
      retryAfterSeconds: 2,
    });
  };

  return {
    describe: (route, signal) =>
      asFailure(`${route.recordName} ${route.recordType} in ${route.zoneId}`, signal, async () =>
        describeName(clients, route, signal),
      ),

    attach: (route, before, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const found = await read(route, signal);
        const { shape } = found;
        if (shape.kind === 'weighted') return;
        if (shape.kind !== 'simple' || shape.colour !== 'blue')
          throw unexpected(route, shape, 'it does not point at blue');
        const { ownership } = readDnsNote(before, nameOfPlace(route));
        const gone = await standing(route, ownership, signal);
        await writeInPeace(route, found, { records: both(route, shape.record, 0), gone }, signal);
      }),

    detach: (route, before, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const found = await read(route, signal);
        const { record, ownership } = readDnsNote(before, nameOfPlace(route));
        const back = await missing(route, ownership, signal);
        const wanted = { records: [record], back, provesItself: true };
        await writeInPeace(route, found, wanted, signal);
      }),

    setGreenPercent: (route, percent, deadlineMs, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const found = await read(route, signal);
        const { shape } = found;
        if (shape.kind !== 'weighted') throw unexpected(route, shape, 'green is not on it');
        refuseLateWrite(
          parts,
          nameOfPlace(route),
          `a weight of ${percent} % for green`,
          deadlineMs,
        );
        const records = both(route, shape.blue, percent);
        await write(route, found, { records }, deadlineMs, signal);
      }),

    sendAllToBlue: (route, deadlineMs, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const found = await read(route, signal);
        const { shape, records: all } = found;
        refuseLateWrite(parts, nameOfPlace(route), 'the way back to blue', deadlineMs);
        const like = shape.kind === 'weighted' ? shape.blue : all[0];
        const records =
          shape.kind === 'weighted'
            ? both(route, shape.blue, 0)
            : [simple(route, like, 'blue', route.ttlSeconds)];
        await write(route, found, { records }, deadlineMs, signal);
      }),

    wayBack: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const { records, shape } = await read(route, signal);
        const mine = shape.kind === 'weighted' ? shape.blue : records[0];
        const like = simple(route, mine, 'blue', route.ttlSeconds);
        const next = await readNextRecord(clients, zoneOf(route), route, signal);
        return nameWayBack(route, both(route, like, 0), next);
      }),

    readGreenPercent: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const underWay = await changes.underWay(zoneOf(route), nameOfPlace(route), signal);
        if (underWay !== null) return underWay.before;
        const { shape } = await read(route, signal);
        if (shape.kind === 'strange') throw unexpected(route, shape, shape.why);
        if (shape.kind === 'simple') return shape.colour === 'green' ? 100 : null;
        const share = shareOf(shape);
        if (share === null) throw unexpected(route, shape, 'all its weights are 0');
        return share;
      }),

    removeBlue: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const found = await read(route, signal);
        const { shape } = found;
        const isGone = shape.kind === 'simple' && shape.colour === 'green';
        if (!isGone && shape.kind !== 'weighted')
          throw unexpected(route, shape, 'green is not on it');
        if (shape.kind === 'weighted' && (shape.blue.Weight ?? 0) > 0)
          throw new CutoverFailure('not-idle', 'blue still has weight on the name', {
            resource: nameOfPlace(route),
          });
        const like = shape.kind === 'weighted' ? shape.green : found.records[0];
        const records = [simple(route, like, 'green', route.ttlSeconds)];
        await writeInPeace(route, found, { records, provesItself: true }, signal);
      }),
  };

  /** Of these records the ones that stand as they are noted. */
  async function standing(
    route: Route,
    noted: readonly ResourceRecordSet[],
    signal: AbortSignal,
  ): Promise<readonly ResourceRecordSet[]> {
    const found: ResourceRecordSet[] = [];
    for (const { Name: recordName = '' } of noted)
      found.push(
        ...(await readRecords(clients, zoneOf(route), { recordName, recordType: 'TXT' }, signal)),
      );
    return found.filter((record) => noted.some((one) => isSame(one, record)));
  }

  async function missing(
    route: Route,
    noted: readonly ResourceRecordSet[],
    signal: AbortSignal,
  ): Promise<readonly ResourceRecordSet[]> {
    const there = await standing(route, noted, signal);
    return noted.filter((record) => !there.some((one) => isSame(one, record)));
  }
}

type Route = RouteRef<Route53Place>;

interface Found {
  readonly records: readonly ResourceRecordSet[];
  readonly shape: FoundRecords;
}

interface Wanted {
  /** All records of the name; every other one goes. */
  readonly records: readonly ResourceRecordSet[];
  /** Records of other names that go with it, or come back. */
  readonly gone?: readonly ResourceRecordSet[];
  readonly back?: readonly ResourceRecordSet[];
  /** That it stands there is enough; it need not be INSYNC by a change of ours. */
  readonly provesItself?: boolean;
}

/** A change that is not INSYNC by then is asked for again; start-to-close of these activities is 10 s. */
const WAIT_MS = 6_000;

function zoneOf({ dns, access, zoneId }: Route) {
  return { access: dns ?? access, zoneId };
}

function both(route: Route, like: ResourceRecordSet, percent: number): ResourceRecordSet[] {
  const weights = dnsWeightsFor(percent);
  return [
    weighted(route, like, 'blue', weights.blue),
    weighted(route, like, 'green', weights.green),
  ];
}

/** Deletions first: a simple record and weighted ones never stand beside each other. */
function differences(found: readonly ResourceRecordSet[], wanted: Wanted): readonly Change[] {
  const { records, gone = [], back = [] } = wanted;
  const key = ({ SetIdentifier }: ResourceRecordSet): string => SetIdentifier ?? '';
  const stays = (record: ResourceRecordSet): boolean =>
    records.some((one) => key(one) === key(record));
  const deleted = [...found.filter((record) => !stays(record)), ...gone];
  const isThere = (record: ResourceRecordSet): boolean => found.some((one) => isSame(one, record));
  // Both colours in one change, also when only one of them differs.
  const written = records.every(isThere) ? [] : records;
  return [
    ...deleted.map((ResourceRecordSet): Change => ({ Action: 'DELETE', ResourceRecordSet })),
    ...written.map(asUpsert),
    ...back.map(asUpsert),
  ];
}

function asUpsert(record: ResourceRecordSet): Change {
  return { Action: 'UPSERT', ResourceRecordSet: record };
}

function isSame(one: ResourceRecordSet, other: ResourceRecordSet): boolean {
  return sortedText(one) === sortedText(other);
}

function sortedText(record: ResourceRecordSet): string {
  return JSON.stringify(record, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** Green's share as the records say it; null where green is not on the name, or nothing has weight. */
function shareOf(shape: FoundRecords): number | null {
  if (shape.kind === 'weighted')
    return dnsPercentOf({ blue: shape.blue.Weight ?? 0, green: shape.green.Weight ?? 0 });
  return shape.kind === 'simple' && shape.colour === 'green' ? 100 : null;
}

function unexpected(route: Route, shape: FoundRecords, what: string): CutoverFailure {
  const why = shape.kind === 'strange' ? shape.why : what;
  return unexpectedName(route, nameOfPlace(route), why);
}
