import { createHash } from 'node:crypto';
import { DeleteRuleCommand, type Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import { nameOfPlace, type IngressPlace } from '#domain/traffic/route-place.ts';
import type { SmokeDoor } from '#activities/ports/smoke-door.ts';
import { asFailure, isNotFound } from '#activities/adapters/known-failures.ts';
import { hostOf } from './door-conditions.ts';
import { headerOfDoor, patchWithDoor, patchWithoutDoor, type DoorHeader } from './ingress-door.ts';
import { changeIngress, ingressShape } from './ingress-object.ts';
import { connectBlue, type IngressParts, type IngressRoute } from './ingress-places.ts';
import { forwardsTo, readListeners } from './ingress-rules.ts';

/**
 * A temporary way to green on a load balancer whose controller deletes every rule that it does not know: so the door is made
 * in the Ingress, and the controller makes its rules. Opening waits until they stand, because before that the secret leads
 * to blue; closing does not wait: what was written is taken out, and the rules are deleted as well.
 */
/** A controller makes a rule within seconds of an event; a busy one, with many Ingresses, takes longer. Milliseconds. */
const OPEN_WITHIN_MS = 60_000;
const LOOK_PAUSE_MS = 500;

export function createIngressSmokeDoor(parts: IngressParts): SmokeDoor<IngressPlace> {
  const { clients, clock } = parts;

  const close: SmokeDoor<IngressPlace>['close'] = (route, tags, signal) =>
    asFailure(nameOfPlace(route), signal, async () => {
      const door = doorName(route, tags);
      const cluster = await connectBlue(parts, route, signal);
      let header: DoorHeader | null = null;
      await changeIngress(
        cluster,
        route,
        (ingress) => {
          header ??= headerOfDoor(ingress, door);
          return patchWithoutDoor(ingress, door);
        },
        signal,
      ).catch(ifGone);
      if (header !== null) await deleteRules(route, header, signal);
    });

  const open: SmokeDoor<IngressPlace>['open'] = (route, header, tags, signal) =>
    asFailure(nameOfPlace(route), signal, async () => {
      await close(route, tags, signal);
      const door = { backend: doorName(route, tags), header };
      const planned = { ...route, backend: route.service };
      let paths = 0;
      await changeIngress(
        await connectBlue(parts, route, signal),
        route,
        (ingress) => {
          const added = patchWithDoor(ingress, planned, door);
          if ('wrong' in added) throw ingressShape(route, added.wrong);
          ({ paths } = added);
          return added.patch;
        },
        signal,
      );
      const rules = await awaitRules(route, header, paths, signal);
      const [first] = rules;
      return { host: first === undefined ? null : hostOf(first) };
    });

  /** The door's rules on every listener that serves the route. */
  async function awaitRules(
    route: IngressRoute,
    header: DoorHeader,
    paths: number,
    signal: AbortSignal,
  ): Promise<readonly Rule[]> {
    const untilMs = clock.nowMs() + OPEN_WITHIN_MS;
    const needed = paths * new Set(route.rules.map(({ listenerArn }) => listenerArn)).size;
    for (;;) {
      const rules = await doorRules(route, header, signal);
      if (rules.length >= needed) return rules;
      if (clock.nowMs() > untilMs)
        throw new CutoverFailure(
          'unavailable',
          `blue's load balancer controller has made ${rules.length} of the smoke door's ${needed} rules within ` +
            `${OPEN_WITHIN_MS / 1000} s; look at its logs and at the events of the Ingress`,
          { resource: nameOfPlace(route) },
        );
      await clock.sleep(LOOK_PAUSE_MS, signal);
    }
  }

  async function doorRules(
    route: IngressRoute,
    header: DoorHeader,
    signal: AbortSignal,
  ): Promise<readonly Rule[]> {
    const listeners = await readListeners(clients, route.access, route.loadBalancerArn, signal);
    return listeners.flatMap(({ rules }) =>
      rules.filter((rule) => asksFor(rule, header) && forwardsTo(rule, route.greenTargetGroupArn)),
    );
  }

  async function deleteRules(
    route: IngressRoute,
    header: DoorHeader,
    signal: AbortSignal,
  ): Promise<void> {
    const { write } = clients.elb(route.access);
    for (const { RuleArn } of await doorRules(route, header, signal)) {
      try {
        await write.send(new DeleteRuleCommand({ RuleArn }), { abortSignal: signal });
      } catch (cause) {
        // The controller was faster.
        if (!isNotFound(cause)) throw cause;
      }
    }
  }

  return { open, close };
}

/** Tells doors of other migrations and routes from ours; a DNS label, as names of Services are. */
function doorName(route: IngressRoute, tags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(tags).toSorted(([a], [b]) => a.localeCompare(b));
  const text = JSON.stringify([entries, route.id]);
  return `cutover-smoke-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}

function asksFor({ Conditions = [] }: Rule, { name, value }: DoorHeader): boolean {
  return Conditions.some(
    ({ HttpHeaderConfig }) =>
      HttpHeaderConfig?.HttpHeaderName?.toLowerCase() === name.toLowerCase() &&
      HttpHeaderConfig.Values?.includes(value) === true,
  );
}

/** An Ingress that is gone took its doors along. */
function ifGone(cause: unknown): void {
  if (!(cause instanceof CutoverFailure && cause.type === 'not-found')) throw cause;
}
