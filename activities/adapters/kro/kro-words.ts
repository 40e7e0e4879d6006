import type { Awaited } from '#activities/ports/provisioner.ts';
import { nameOfInstance, type KroOrder } from './hub.ts';

/** How the hub and what is on it are called, for people. Called by `kro-provisioner.ts`. */

export function going(order: KroOrder): Awaited {
  return {
    kind: 'waiting',
    what: 'kro takes the instance away, and ACK green with it',
    resource: instanceText(order),
  };
}

export function noDefinition({ way }: KroOrder): {
  readonly what: string;
  readonly resource: string;
} {
  return {
    what: 'the hub has no such ResourceGraphDefinition, or kro has not served it',
    resource: `${way.definition} on ${way.hub}`,
  };
}

export function instanceText(order: KroOrder): string {
  const { namespace, name } = nameOfInstance(order);
  return `instance ${namespace}/${name} on ${order.way.hub}`;
}

export function hubOf({ way }: KroOrder): string {
  return `hub ${way.hub}`;
}
