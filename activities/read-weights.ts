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
