import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import { nameOfPlace } from '#domain/traffic/route-place.ts';
import { refuseLateWrite } from '#activities/adapters/refuse-late-write.ts';
import type { RuleRoute } from './alb-rules.ts';
import { weightsFor } from './alb-weights.ts';
import {
  findForward,
  forwardToBlueAlone,
  forwardToBoth,
  replaceForward,
  stickySecondsOf,
  withEnd,
} from './forward-action.ts';
import type { BackendShape } from './ingress-backends.ts';
import { blueAlone, overwriteShape, readIngress, type FoundIngress } from './ingress-object.ts';
import {
  actionShape,
  allEnded,
  connectBlue,
  forwardOf,
  ownerSignal,
  sharedShape,
  writeRules,
  type IngressParts,
  type IngressRoute,
} from './ingress-places.ts';
import { findRules, type FoundRule } from './ingress-rules.ts';

/**
 * The way back of an Ingress route (I1). The Ingress is written first, because its controller would else put green back; but
 * users do not wait for an API server that is slow or gone: after a moment the rules are written all the same, and the
 * failure of the Ingress is reported, so that it is tried again. It never waits for the controller. Whatever somebody else
 * put at either place is overwritten.
 */

/** How long the Ingress is given before the rules are written, twice: for reading and for writing. Milliseconds. */
const HEAD_START_MS = 500;

export async function sendIngressToBlue(
  parts: IngressParts,
  route: IngressRoute,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<void> {
  const owner = readOwner(parts, route, signal);
  const rulesRead = findRules(parts.clients, route, signal).catch(orNone);
  // Rules that cannot be read now are no reason to leave the Ingress as it is: its controller follows it.
  const [known, rules] = await Promise.all([soon(parts, owner), rulesRead.catch(() => null)]);
  const isOurs = isAsWeLeftIt(route, known?.ingress ?? null, rules);
  refuseLateWrite(parts, nameOfPlace(route), 'the way back to blue', deadlineMs);
  const ownerWrite = writeOwner(route, owner, isOurs, signal);
  await soon(parts, ownerWrite);
  const change = (actions: readonly Action[], ruleRoute: RuleRoute): Action[] =>
    isOurs
      ? replaceForward(
          actions,
          forwardToBoth(findForward(actions, ruleRoute).action, ruleRoute, weightsFor(0)),
        )
      : withEnd(actions, forwardToBlueAlone(ruleRoute));
  const rulesWrite = rulesRead.then(async (found) => {
    await writeRules(parts, route, found, change, signal);
    return undefined;
  });
  await allEnded([rulesWrite, ownerWrite]);
}

interface Owner {
  readonly cluster: Awaited<ReturnType<typeof connectBlue>>;
  /** Null where it is not ours to read, and so overwritten. */
  readonly ingress: FoundIngress | null;
}

async function readOwner(
  parts: IngressParts,
  route: IngressRoute,
  outer: AbortSignal,
): Promise<Owner> {
  const signal = ownerSignal(outer);
  const cluster = await connectBlue(parts, route, signal);
  return { cluster, ingress: await readIngress(cluster, route, signal).catch(orStrange) };
}

async function writeOwner(
  route: IngressRoute,
  owner: Promise<Owner>,
  isOurs: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, ingress } = await owner;
  const shape = wayBackShape(route, ingress, isOurs);
  if (shape !== null) await overwriteShape(cluster, route, shape, ownerSignal(signal));
}

/** What the Ingress must say; null where it leads to blue already. */
function wayBackShape(
  route: IngressRoute,
  ingress: FoundIngress | null,
  isOurs: boolean,
): BackendShape | null {
  if (ingress?.shape.kind === 'plain') return null;
  if (isOurs && ingress !== null) return sharedShape(route, ingress.forward, weightsFor(0), null);
  return actionShape(route, blueAlone(route.backend));
}

/**
 * Green stays on at weight 0 where that keeps users away from it, and only where both places are as we left them: else both
 * get blue alone, so that they agree.
 */
function isAsWeLeftIt(
  route: IngressRoute,
  ingress: FoundIngress | null,
  rules: readonly FoundRule[] | null,
): boolean {
  if (ingress === null || rules === null) return false;
  const { blue, green, stickySeconds } = ingress.forward;
  const isShared = blue !== null && green !== null && stickySeconds === null;
  return isShared && rules.every((rule) => isSharedRule(route, rule));
}

function isSharedRule(route: IngressRoute, rule: FoundRule): boolean {
  try {
    const { blue, green, action } = forwardOf(route, rule);
    return blue !== null && green !== null && stickySecondsOf(action) === null;
  } catch (cause) {
    if (cause instanceof CutoverFailure && cause.type === 'unexpected-shape') return false;
    throw cause;
  }
}

/** What the promise gives within the head start; null where it is late or fails, which its own waiter finds out. */
async function soon<Value>(
  { clock }: IngressParts,
  promise: Promise<Value>,
): Promise<Value | null> {
  const rest = new AbortController();
  const late = clock.sleep(HEAD_START_MS, rest.signal).then(
    () => null,
    () => null,
  );
  const value = await Promise.race([promise.catch(() => null), late]);
  rest.abort();
  return value;
}

function orStrange(cause: unknown): null {
  if (cause instanceof CutoverFailure && cause.type === 'unexpected-shape') return null;
  throw cause;
}

/** Rules that are gone send nobody to green. */
function orNone(cause: unknown): readonly FoundRule[] {
  if (cause instanceof CutoverFailure && cause.type === 'not-found') return [];
  throw cause;
}
