import { CutoverFailure, type FailureType } from '#domain/failures.ts';
import type { FoundShare } from '#domain/foreign-edits.ts';
import type { ResolvedInput } from './contract.ts';
import { routeRef } from './access.ts';
import type { Tools } from './tools.ts';

/** What says that somebody else wrote a weight, wholly or at one of its places. */
const STRANGE: readonly FailureType[] = ['unexpected-shape', 'write-not-verified'];

/** Green's share of every route as the API says it now, or that it is not ours to read. */
export async function findShares(
  { ports }: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FoundShare>> {
  const found = await Promise.all(
    input.resolved.routes.map(async (route): Promise<readonly [string, FoundShare]> => {
      try {
        const share = await ports.router.readGreenPercent(routeRef(input, route), signal);
        return [route.id, share];
      } catch (cause) {
        if (cause instanceof CutoverFailure && STRANGE.includes(cause.type))
          return [route.id, 'strange'];
        throw cause;
      }
    }),
  );
  return new Map(found);
}

/** Green's share of every route as the API says it now. */
export async function readWeights(
  { ports }: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number | null>> {
  const read = await Promise.all(
    input.resolved.routes.map(async (route) => {
      const percent = await ports.router.readGreenPercent(routeRef(input, route), signal);
      return [route.id, percent] as const;
    }),
  );
  return new Map(read);
}

/**
 * Is this the share that was meant? Routers round to 0.1 % and their scales may be off by as much in between; nothing
 * and everything must be exact, because a little of something is still users.
 */
export function isShare(read: number | null, meant: number): boolean {
  // Not on the route at all is as good as a weight of 0, and less than anything else.
  if (read === null) return meant <= 0;
  return meant <= 0 || meant >= 100 ? read === meant : Math.abs(read - meant) < 0.15;
}
