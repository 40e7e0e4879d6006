import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import type { AlbPlace } from '#domain/traffic/route-place.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { TrafficRouter } from '#activities/ports/traffic-router.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import { refuseLateWrite } from '#activities/adapters/refuse-late-write.ts';
import { readRule, writeActions, type RuleRoute } from './alb-rules.ts';
import { greenPercentOf, weightsFor } from './alb-weights.ts';
import type { AwsClients } from './aws-clients.ts';
import {
  actionOfNote,
  findForward,
  forwardToBlueAlone,
  forwardToBoth,
  forwardToGreen,
  noteOf,
  replaceForward,
  stickySecondsOf,
  unexpectedShape,
  withEnd,
  type FoundForward,
} from './forward-action.ts';
import { describeFrontDoor } from './front-door.ts';
import { ruleWayBack } from './rule-way-back.ts';

/**
 * Weights on one rule of an Application Load Balancer. ELBv2 knows no conditional write, so every write reads the rule first,
 * changes its forward action alone and sends the rest back as found; what it does not recognise it refuses (I2).
 */
export function createAlbRouter(parts: {
  readonly clients: AwsClients;
  readonly clock: Pick<Clock, 'nowMs'>;
}): TrafficRouter<AlbPlace> {
  const { clients } = parts;

  const read = async (route: RuleRoute, signal: AbortSignal): Promise<FoundRule> => {
    const rule = await readRule(clients, route, signal);
    const actions = rule.Actions ?? [];
    return { rule, actions, forward: findForward(actions, route) };
  };

  const write = async (
    route: RuleRoute,
    { rule, actions }: FoundRule,
    forward: Action,
    signal: AbortSignal,
  ): Promise<void> => writeActions(clients, route, rule, replaceForward(actions, forward), signal);

  return {
    describe: (route, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const found = await read(route, signal);
        const frontDoor = await describeFrontDoor(clients, route, found.rule, signal);
        if (found.forward.blue === null)
          throw unexpectedShape(route, 'it does not forward to blue');
        const { ruleArn, blueTargetGroupArn, greenTargetGroupArn } = route;
        return {
          ...frontDoor,
          place: {
            with: 'alb',
            ruleArn,
            ...(found.rule.IsDefault === true ? { isDefault: true } : {}),
          },
          blueTargetGroupArn,
          greenTargetGroupArn,
          stickySeconds: stickySecondsOf(found.forward.action),
          greenPercent: shareOf(route, found.forward),
          before: noteOf(found.forward.action),
        };
      }),

    attach: (route, before, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const found = await read(route, signal);
        if (found.forward.blue === null)
          throw unexpectedShape(route, 'it does not forward to blue');
        if (found.forward.green !== null) return;
        const shape = { ...actionOfNote(before, route), ...orderOf(found.forward.action) };
        await write(route, found, forwardToBoth(shape, route, weightsFor(0)), signal);
      }),

    detach: (route, before, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const rule = await readRule(clients, route, signal);
        const actions = rule.Actions ?? [];
        const [forward, ...others] = actions.filter(({ Type }) => Type === 'forward');
        if (forward !== undefined && others.length === 0 && noteOf(forward) === before) return;
        const restored = withEnd(actions, actionOfNote(before, route));
        await writeActions(clients, route, rule, restored, signal);
      }),

    setGreenPercent: (route, percent, deadlineMs, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const found = await read(route, signal);
        requireBoth(route, found.forward);
        const forward = forwardToBoth(found.forward.action, route, weightsFor(percent));
        refuseLateWrite(parts, route.ruleArn, `a weight of ${percent} % for green`, deadlineMs);
        await write(route, found, forward, signal);
      }),

    sendAllToBlue: (route, deadlineMs, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const rule = await readRule(clients, route, signal);
        const actions = wayBack(rule.Actions ?? [], route);
        refuseLateWrite(parts, route.ruleArn, 'the way back to blue', deadlineMs);
        await writeActions(clients, route, rule, actions, signal);
      }),

    wayBack: (route, signal) =>
      asFailure(route.ruleArn, signal, async () =>
        ruleWayBack(route, await readRule(clients, route, signal)),
      ),

    readGreenPercent: (route, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const { forward } = await read(route, signal);
        return shareOf(route, forward);
      }),

    removeBlue: (route, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const found = await read(route, signal);
        if (found.forward.blue === null) return;
        requireBoth(route, found.forward);
        if (found.forward.blue > 0)
          throw new CutoverFailure('not-idle', 'blue still has weight on the rule', {
            resource: route.ruleArn,
          });
        await write(route, found, forwardToGreen(found.forward.action, route), signal);
      }),
  };
}

interface FoundRule {
  readonly rule: Rule;
  readonly actions: readonly Action[];
  readonly forward: FoundForward;
}

/** Green stays on at weight 0 where that keeps users away from it; else blue alone, whatever was there before. */
function wayBack(actions: readonly Action[], route: RuleRoute): Action[] {
  const shape = recognised(actions, route);
  return shape === null || stickySecondsOf(shape.action) !== null
    ? withEnd(actions, forwardToBlueAlone(route))
    : replaceForward(actions, forwardToBoth(shape.action, route, weightsFor(0)));
}

/** Null for a rule that is not as we left it: somebody else changed it. */
function recognised(actions: readonly Action[], route: RuleRoute): FoundForward | null {
  try {
    const found = findForward(actions, route);
    return found.blue === null || found.green === null ? null : found;
  } catch (cause) {
    if (cause instanceof CutoverFailure && cause.type === 'unexpected-shape') return null;
    throw cause;
  }
}

/** Null where green is not on the rule. */
function shareOf(route: RuleRoute, { blue, green }: FoundForward): number | null {
  if (green === null) return null;
  if ((blue ?? 0) + green === 0) throw unexpectedShape(route, 'all its weights are 0');
  return greenPercentOf({ blue: blue ?? 0, green });
}

function orderOf({ Order }: Action): Pick<Action, 'Order'> {
  return Order === undefined ? {} : { Order };
}

function requireBoth(route: RuleRoute, { blue, green }: FoundForward): void {
  if (blue === null) throw unexpectedShape(route, 'blue is not on it');
  if (green === null) throw unexpectedShape(route, 'green is not on it');
}
