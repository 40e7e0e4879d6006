import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import { nameOfPlace, type IngressPlace } from '#domain/traffic/route-place.ts';
import type { TrafficRouter } from '#activities/ports/traffic-router.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import { refuseLateWrite } from '#activities/adapters/refuse-late-write.ts';
import { greenPercentOf, weightsFor, type ColourWeights } from './alb-weights.ts';
import {
  findForward,
  forwardToBoth,
  forwardToGreen,
  noteOf,
  replaceForward,
  stickySecondsOf,
  withEnd,
} from './forward-action.ts';
import type { IngressForward } from './ingress-action.ts';
import { ingressWayBack } from './ingress-capsule.ts';
import { describeIngress } from './ingress-front-door.ts';
import { parseIngressNote, withoutOrder } from './ingress-note.ts';
import { ingressShape, overwriteShape, writeShape } from './ingress-object.ts';
import {
  actionShape,
  connectBlue,
  forwardOf,
  ownerSignal,
  readPlaces,
  sharedShape,
  writeRules,
  type FoundPlaces,
  type IngressParts,
  type IngressRoute,
} from './ingress-places.ts';
import { findRules } from './ingress-rules.ts';
import { sendIngressToBlue } from './ingress-way-back.ts';

/**
 * Weights on the rules that blue's load balancer controller makes of an Ingress. The controller restores a rule that differs
 * from its Ingress at any event, so a weight is written to the Ingress first and then, the same, to the rules: it acts at
 * once, and the controller finds nothing to change. What is read back is what both say; where they differ one of them is
 * about to change, neither is taken for the truth (I2), and the read fails `write-not-verified`. Blue stays a Service and port in the Ingress, by which the
 * controller keeps its target group.
 */
export function createIngressRouter(parts: IngressParts): TrafficRouter<IngressPlace> {
  const { clients } = parts;
  return {
    describe: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () =>
        describeIngress(clients, await connectBlue(parts, route, signal), route, signal),
      ),

    attach: (route, before, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const places = await readPlaces(parts, route, signal);
        const { ingress, rules } = places;
        const found = coloursOf(route, places);
        if (found.some(({ blue }) => blue === null))
          throw ingressShape(route, 'it does not forward to blue');
        if (found.every(({ green }) => green !== null)) return;
        const { forward: was } = parseIngressNote(before, { ...route, ruleArn: '' });
        // Half of an earlier attempt: the Ingress leads, because its controller follows it.
        const weights = weightsOf(ingress.forward) ?? weightsFor(0);
        const shape = sharedShape(route, ingress.forward, weights, stickySecondsOf(was));
        await writeShape(places.cluster, route, ingress, shape, signal);
        const change = (actions: readonly Action[], ruleRoute: IngressRuleRoute): Action[] => {
          const { Order } = findForward(actions, ruleRoute).action;
          const shared = forwardToBoth(was, ruleRoute, weights);
          return replaceForward(actions, Order === undefined ? shared : { ...shared, Order });
        };
        await writeRules(parts, route, rules, change, signal);
      }),

    detach: (route, before, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const note = parseIngressNote(before, { ...route, ruleArn: '' });
        const cluster = await connectBlue(parts, route, signal);
        await overwriteShape(cluster, route, note.shape, signal);
        const rules = await findRules(clients, route, signal);
        const changed = rules.filter(({ Actions = [] }) => !isForward(Actions, note.forward));
        const change = (actions: readonly Action[]): Action[] => withEnd(actions, note.forward);
        await writeRules(parts, route, changed, change, signal);
      }),

    setGreenPercent: (route, percent, deadlineMs, outer) =>
      asFailure(nameOfPlace(route), outer, async () => {
        const signal = ownerSignal(outer);
        const places = await readPlaces(parts, route, signal);
        const { ingress, rules } = places;
        requireBoth(route, places);
        const weights = weightsFor(percent);
        const { stickySeconds } = ingress.forward;
        const shape = sharedShape(route, ingress.forward, weights, stickySeconds);
        const what = `a weight of ${percent} % for green`;
        refuseLateWrite(parts, nameOfPlace(route), what, deadlineMs);
        await writeShape(places.cluster, route, ingress, shape, signal);
        refuseLateWrite(parts, nameOfPlace(route), what, deadlineMs);
        const change = (actions: readonly Action[], ruleRoute: IngressRuleRoute): Action[] =>
          replaceForward(
            actions,
            forwardToBoth(findForward(actions, ruleRoute).action, ruleRoute, weights),
          );
        await writeRules(parts, route, rules, change, outer);
      }),

    sendAllToBlue: (route, deadlineMs, signal) =>
      asFailure(nameOfPlace(route), signal, async () =>
        sendIngressToBlue(parts, route, deadlineMs, signal),
      ),

    wayBack: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () =>
        ingressWayBack(route, await findRules(clients, route, signal)),
      ),

    readGreenPercent: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const [owner, ...acting] = coloursOf(route, await readPlaces(parts, route, signal)).map(
          (colours) => percentOf(route, colours),
        );
        const other = acting.find((percent) => percent !== owner);
        if (other === undefined) return owner ?? null;
        throw new CutoverFailure(
          'write-not-verified',
          `the Ingress gives green ${shareText(owner)} and one of its rules ${shareText(other)}: its controller is about to ` +
            'write the rule again, or somebody else did',
          { resource: nameOfPlace(route) },
        );
      }),

    removeBlue: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const places = await readPlaces(parts, route, signal);
        const { ingress, rules } = places;
        const found = coloursOf(route, places);
        if (found.every(({ blue }) => blue === null)) return;
        if (found.some(({ green }) => green === null))
          throw ingressShape(route, 'green is not on it');
        if (found.some(({ blue }) => (blue ?? 0) > 0))
          throw new CutoverFailure('not-idle', 'blue still has weight', {
            resource: nameOfPlace(route),
          });
        const shape = actionShape(route, { ...ingress.forward, blue: null });
        await writeShape(places.cluster, route, ingress, shape, signal);
        const change = (actions: readonly Action[], ruleRoute: IngressRuleRoute): Action[] =>
          replaceForward(
            actions,
            forwardToGreen(findForward(actions, ruleRoute).action, ruleRoute),
          );
        await writeRules(parts, route, rules, change, signal);
      }),
  };
}

type IngressRuleRoute = Parameters<Parameters<typeof writeRules>[3]>[1];

/** A colour that is not at a place has none. */
interface Colours {
  readonly blue: number | null;
  readonly green: number | null;
}

/** The weights of the Ingress, then those of each rule. */
function coloursOf(route: IngressRoute, { ingress, rules }: FoundPlaces): readonly Colours[] {
  const { blue, green } = ingress.forward;
  // Alone, blue has no weight in the Ingress and gets everything.
  const owner = { blue: blue === null ? null : (blue.weight ?? 1), green };
  return [owner, ...rules.map((rule) => forwardOf(route, rule))];
}

function requireBoth(route: IngressRoute, places: FoundPlaces): void {
  const found = coloursOf(route, places);
  if (found.some(({ blue }) => blue === null)) throw ingressShape(route, 'blue is not on it');
  if (found.some(({ green }) => green === null)) throw ingressShape(route, 'green is not on it');
}

function isForward(actions: readonly Action[], wanted: Action): boolean {
  const [forward, ...others] = actions.filter(({ Type }) => Type === 'forward');
  if (forward === undefined || others.length > 0) return false;
  return noteOf(withoutOrder(forward)) === noteOf(wanted);
}

/** Null where green is not in it. */
function weightsOf({ blue, green }: IngressForward): ColourWeights | null {
  return green === null ? null : { blue: blue?.weight ?? 0, green };
}

/** Null where green is not there. */
function percentOf(route: IngressRoute, { blue, green }: Colours): number | null {
  if (green === null) return null;
  const weights = { blue: blue ?? 0, green };
  if (weights.blue + weights.green === 0) throw ingressShape(route, 'all its weights are 0');
  return greenPercentOf(weights);
}

function shareText(percent: number | null | undefined): string {
  return percent === null || percent === undefined ? 'nothing' : `${percent} %`;
}
