import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import type { Clock, RouteRef, TrafficRouter } from '../../ports.ts';
import { asFailure } from '../known-failures.ts';
import { readRule, writeActions } from './alb-rules.ts';
import { greenPercentOf, weightsFor } from './alb-weights.ts';
import type { AwsClients } from './aws-clients.ts';
import {
  actionOfNote,
  findForward,
  forwardToBoth,
  forwardToGreen,
  noteOf,
  replaceForward,
  unexpectedShape,
  type FoundForward,
} from './forward-action.ts';
import { describeFrontDoor } from './front-door.ts';

/**
 * Weights on one rule of an Application Load Balancer. ELBv2 knows no conditional write, so every write reads the rule first,
 * changes its forward action alone and sends the rest back as found; what it does not recognise it refuses (I2).
 */
export function createAlbRouter(parts: {
  readonly clients: AwsClients;
  readonly clock: Pick<Clock, 'nowMs'>;
}): TrafficRouter {
  const { clients, clock } = parts;

  const read = async (route: RouteRef, signal: AbortSignal): Promise<FoundRule> => {
    const rule = await readRule(clients, route, signal);
    const actions = rule.Actions ?? [];
    return { rule, actions, forward: findForward(actions, route) };
  };

  const write = async (
    route: RouteRef,
    { rule, actions }: FoundRule,
    forward: Action,
    signal: AbortSignal,
  ): Promise<void> => writeActions(clients, route, rule, replaceForward(actions, forward), signal);

  return {
    describe: (route, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const [found, frontDoor] = await Promise.all([
          read(route, signal),
          describeFrontDoor(clients, route, signal),
        ]);
        if (found.forward.blue === null)
          throw unexpectedShape(route, 'it does not forward to blue');
        return { ...frontDoor, before: noteOf(found.forward.action) };
      }),

    attach: (route, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const found = await read(route, signal);
        if (found.forward.blue === null)
          throw unexpectedShape(route, 'it does not forward to blue');
        if (found.forward.green !== null) return;
        await write(
          route,
          found,
          forwardToBoth(found.forward.action, route, weightsFor(0)),
          signal,
        );
      }),

    detach: (route, before, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const found = await read(route, signal);
        if (noteOf(found.forward.action) === before) return;
        await write(route, found, actionOfNote(before, route), signal);
      }),

    setGreenPercent: (route, percent, deadlineMs, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const found = await read(route, signal);
        requireBoth(route, found.forward);
        const forward = forwardToBoth(found.forward.action, route, weightsFor(percent));
        // Asked last, so that a slow read cannot carry the write past its time (I6).
        if (clock.nowMs() > deadlineMs)
          throw new CutoverFailure(
            'late-write',
            `a weight of ${percent} % for green came too late`,
            {
              resource: route.ruleArn,
            },
          );
        await write(route, found, forward, signal);
      }),

    readGreenPercent: (route, signal) =>
      asFailure(route.ruleArn, signal, async () => {
        const { forward } = await read(route, signal);
        if (forward.green === null) return null;
        const blue = forward.blue ?? 0;
        if (blue + forward.green === 0) throw unexpectedShape(route, 'all its weights are 0');
        return greenPercentOf({ blue, green: forward.green });
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

function requireBoth(route: RouteRef, { blue, green }: FoundForward): void {
  if (blue === null) throw unexpectedShape(route, 'blue is not on it');
  if (green === null) throw unexpectedShape(route, 'green is not on it');
}
