import type { Capsule } from './capsule.ts';
import { jsonBytes } from '#domain/migration/bounds.ts';

/**
 * A capsule in several pieces, for places that hold only so much in one. Each volume is a whole capsule of some of the routes, so
 * that no piece needs another one to be of use, and a write that broke off half-way leaves nothing unreadable.
 */

/** At most `bytes` of compact JSON each, in the order of the routes; a route larger than that has a volume of its own. */
export function volumesOf(capsule: Capsule, bytes: number): readonly Capsule[] {
  const { routes, ...head } = capsule;
  const headBytes = jsonBytes({ ...head, routes: [] });
  const volumes: { routes: Capsule['routes'][number][]; bytes: number }[] = [];
  for (const route of routes) {
    const size = jsonBytes(route) + COMMA_BYTES;
    const last = volumes.at(-1);
    if (last !== undefined && last.bytes + size <= bytes) {
      last.routes.push(route);
      last.bytes += size;
    } else volumes.push({ routes: [route], bytes: headBytes + size });
  }
  return volumes.map(({ routes }) => ({ ...head, routes }));
}

/**
 * One capsule of all its volumes: what the newest attempt wrote, and of a route that two of them have the newer one. Null
 * without volumes.
 */
export function capsuleOfVolumes(volumes: readonly Capsule[]): Capsule | null {
  const [newest, ...older] = volumes.toSorted((a, b) =>
    a.writtenAt === b.writtenAt ? 0 : a.writtenAt < b.writtenAt ? 1 : -1,
  );
  if (newest === undefined) return null;
  const routes = [...newest.routes];
  for (const volume of older) {
    // Volumes of an attempt that had more routes stay behind; they speak of another green.
    if (volume.migrationId !== newest.migrationId) continue;
    routes.push(...volume.routes.filter(({ id }) => !routes.some((route) => route.id === id)));
  }
  return { ...newest, routes };
}

const COMMA_BYTES = 1;
