import type { ResolvedInput } from './contract.ts';
import { routeRef } from './access.ts';
import type { Tools } from './tools.ts';

/** Green's share of every route as the API says it now. */
export async function readWeights(
  { ports }: Tools,
  { spec, resolved }: ResolvedInput,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number | null>> {
  const read = await Promise.all(
    resolved.routes.map(async (route) => {
      const percent = await ports.router.readGreenPercent(routeRef(spec, route), signal);
      return [route.id, percent] as const;
    }),
  );
  return new Map(read);
}

/**
 * Is this the share that was meant? Routers round to 0.1 % and their scales may be off by as much in between; nothing
 * and everything must be exact, because a little of something is still users.
 */
export function isPercent(read: number | null, meant: number): boolean {
  if (read === null) return false;
  return meant <= 0 || meant >= 100 ? read === meant : Math.abs(read - meant) < 0.15;
}
