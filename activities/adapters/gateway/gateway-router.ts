import { CutoverFailure } from '#domain/failures.ts';
import type { Fields } from '#domain/json/json-fields.ts';
import { nameOfPlace, type GatewayPlace } from '#domain/traffic/route-place.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { TrafficRouter } from '#activities/ports/traffic-router.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import { refuseLateWrite } from '#activities/adapters/refuse-late-write.ts';
import {
  toBlueAlone,
  toGreenAlone,
  withGreen,
  withoutGreen,
  withWeights,
  foundRefs,
} from './backend-refs.ts';
import { describeHttpRoute } from './describe-http-route.ts';
import { refsOfNote } from './gateway-note.ts';
import { gatewayWayBack } from './gateway-way-back.ts';
import { gatewayPercentOf, gatewayWeightsFor } from './gateway-weights.ts';
import { awaitIntake } from './http-route-intake.ts';
import {
  changeRules,
  connectHolder,
  getHttpRoute,
  httpRouteShape,
  writeSignal,
  type GatewayParts,
  type GatewayRoute,
} from './http-route-object.ts';
import { intakeOf } from './http-route-parents.ts';
import { ourRules, withRefs, type OurRule } from './http-route-rules.ts';

/**
 * Weights on the rules of an HTTPRoute: all that send to blue's backend, changed together in one write. A share is read back when
 * the object says it and every controller that serves it has taken that generation in (I2); how its data plane follows is for the
 * test of truth. Filters, matches and backendRefs of neither colour go back as they were read.
 */
export function createGatewayRouter(parts: GatewayParts): TrafficRouter<GatewayPlace> {
  return {
    describe: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () => describeHttpRoute(parts, route, signal)),

    attach: (route, _before, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const cluster = await connectHolder(parts, route, signal);
        const attached = (object: KubernetesObject): readonly Fields[] => {
          const rules = requireRules(object, route);
          if (rules.some(({ found }) => found.blue === null))
            throw httpRouteShape(route, 'a rule of it does not send to blue');
          return withRefs(object, route, ({ refs, found }) =>
            found.green === null ? withGreen(refs, route, 0) : refs,
          );
        };
        await changeRules(cluster, route, attached, signal);
        const intake = await awaitIntake(parts, cluster, route, signal);
        if (intake.kind === 'unresolved' || intake.kind === 'refused')
          throw httpRouteShape(route, `${intake.why}; ${RESOLVE}`);
      }),

    detach: (route, before, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const noted = refsOfNote(before, route.id);
        const cluster = await connectHolder(parts, route, signal);
        const restored = ({ matches, refs }: OurRule): readonly Fields[] =>
          noted.get(matches) ?? leftWithoutGreen(refs, route);
        await changeRules(cluster, route, (object) => withRefs(object, route, restored), signal);
      }),

    setGreenPercent: (route, percent, deadlineMs, outer) =>
      asFailure(nameOfPlace(route), outer, async () => {
        const signal = writeSignal(outer);
        const cluster = await connectHolder(parts, route, signal);
        let first: string | undefined;
        const weighted = (object: KubernetesObject): readonly Fields[] => {
          const rules = requireBoth(object, route);
          const now = JSON.stringify(rules.map(({ refs }) => refs));
          first ??= now;
          if (now !== first)
            throw new CutoverFailure(
              'conflict',
              'somebody changed it between our read and our write',
              {
                resource: nameOfPlace(route),
              },
            );
          const intake = intakeOf(object);
          if (intake.kind === 'unresolved')
            throw httpRouteShape(route, `${intake.why}; ${RESOLVE}`);
          refuseLateWrite(
            parts,
            nameOfPlace(route),
            `a weight of ${percent} % for green`,
            deadlineMs,
          );
          const weights = gatewayWeightsFor(percent);
          return withRefs(object, route, ({ refs }) => withWeights(refs, route, weights));
        };
        await changeRules(cluster, route, weighted, signal);
      }),

    sendAllToBlue: (route, deadlineMs, outer) =>
      asFailure(nameOfPlace(route), outer, async () => {
        const signal = writeSignal(outer);
        const cluster = await connectHolder(parts, route, signal);
        const back = (object: KubernetesObject): readonly Fields[] => {
          refuseLateWrite(parts, nameOfPlace(route), 'the way back to blue', deadlineMs);
          return withRefs(object, route, (rule) => onBlue(rule, route));
        };
        await changeRules(cluster, route, back, signal);
      }),

    wayBack: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const cluster = await connectHolder(parts, route, signal);
        return gatewayWayBack(route, await getHttpRoute(cluster, route, signal));
      }),

    readGreenPercent: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const cluster = await connectHolder(parts, route, signal);
        const object = await getHttpRoute(cluster, route, signal);
        const share = shareOf(object, route);
        const intake = intakeOf(object);
        if (intake.kind === 'pending')
          throw new CutoverFailure('write-not-verified', intake.why, {
            resource: nameOfPlace(route),
          });
        // Who is on blue is not kept from it by a green that is gone, or by a Gateway that serves nobody.
        if (intake.kind !== 'taken-in' && (share ?? 0) > 0)
          throw httpRouteShape(route, `${intake.why}; ${RESOLVE}`);
        return share;
      }),

    removeBlue: (route, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const cluster = await connectHolder(parts, route, signal);
        const greenAlone = (object: KubernetesObject): readonly Fields[] => {
          const rules = requireRules(object, route);
          if (rules.some(({ found }) => found.green === null))
            throw httpRouteShape(route, 'green is not on it');
          if (rules.some(({ found }) => (found.blue ?? 0) > 0))
            throw new CutoverFailure('not-idle', 'blue still has weight', {
              resource: nameOfPlace(route),
            });
          return withRefs(object, route, ({ refs, found }) =>
            found.blue === null ? refs : toGreenAlone(refs, route),
          );
        };
        await changeRules(cluster, route, greenAlone, signal);
      }),
  };
}

const RESOLVE =
  "let green's backend exist, and a ReferenceGrant allow it where it is in another namespace";

function requireRules(object: KubernetesObject, route: GatewayRoute): readonly OurRule[] {
  const rules = ourRules(object, route);
  if (rules.length === 0) throw httpRouteShape(route, 'none of its rules sends to blue or green');
  return rules;
}

function requireBoth(object: KubernetesObject, route: GatewayRoute): readonly OurRule[] {
  const rules = requireRules(object, route);
  for (const { found } of rules) {
    const [stranger] = found.strangers;
    if (stranger !== undefined) throw httpRouteShape(route, `a rule also sends to ${stranger}`);
    if (found.blue === null) throw httpRouteShape(route, 'blue is not on one of its rules');
    if (found.green === null) throw httpRouteShape(route, 'green is not on one of its rules');
  }
  return rules;
}

/** Green's share of all rules; null where it is on none. Fails `unexpected-shape` where they differ. */
function shareOf(object: KubernetesObject, route: GatewayRoute): number | null {
  const rules = requireRules(object, route);
  const shares = rules.map(({ found }) => {
    const [stranger] = found.strangers;
    if (stranger !== undefined) throw httpRouteShape(route, `a rule also sends to ${stranger}`);
    if (found.green === null && found.blue === null)
      throw httpRouteShape(route, 'a rule of it sends to nobody');
    const share = gatewayPercentOf({ blue: found.blue ?? 0, green: found.green ?? 0 });
    if (Number.isNaN(share)) throw httpRouteShape(route, 'all weights of a rule are 0');
    return share;
  });
  const [first = 0] = shares;
  const other = shares.find((share) => share !== first);
  if (other !== undefined)
    throw httpRouteShape(route, `its rules give green ${first} % and ${other} %`);
  return rules.every(({ found }) => found.green === null) ? null : first;
}

/** Green stays on at weight 0 where the rule is as we left it; else blue alone, whatever was there before. */
function onBlue({ rule, refs, found }: OurRule, route: GatewayRoute): readonly Fields[] {
  const holdsSessions = rule['sessionPersistence'] !== undefined;
  const isCalm = found.strangers.length === 0 && !holdsSessions;
  if (isCalm && found.blue !== null && found.green !== null)
    return withWeights(refs, route, gatewayWeightsFor(0));
  if (isCalm && found.green === null && (found.blue ?? 0) > 0) return refs;
  return toBlueAlone(refs, route);
}

/** Of a rule that nobody knew when it began. */
function leftWithoutGreen(refs: readonly Fields[], route: GatewayRoute): readonly Fields[] {
  const left = withoutGreen(refs, route);
  return (foundRefs({ backendRefs: left }, route).blue ?? 0) > 0 ? left : toBlueAlone(left, route);
}
