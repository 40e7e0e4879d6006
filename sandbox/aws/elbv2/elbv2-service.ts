/**
 * Elastic Load Balancing v2 of the emulator: Application Load Balancers with HTTP listeners and rules, Network Load
 * Balancers with TCP listeners, weighted forwards of both, and `ip` target groups, in front of a data plane that really serves by them. What is not played is refused by name.
 */
import * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import { defineService, type Service } from '../core/service.ts';
import { Elbv2World, type Elbv2Options } from './elbv2-world.ts';
import { listenerHandlers } from './listener-handlers.ts';
import { loadBalancerHandlers } from './load-balancer-handlers.ts';
import { ruleHandlers } from './rule-handlers.ts';
import { tagHandlers } from './tag-handlers.ts';
import { targetGroupHandlers } from './target-group-handlers.ts';
import { targetHandlers } from './target-handlers.ts';

export interface Elbv2 {
  readonly service: Service;
  /** For the seed, and for whoever looks behind the API. */
  readonly world: Elbv2World;
}

export function createElbv2(options: Elbv2Options): Elbv2 {
  const world = new Elbv2World(options);
  const service = defineService({
    sdk,
    signingName: 'elasticloadbalancing',
    protocol: {
      kind: 'query',
      xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    },
    validationErrorCode: 'ValidationError',
    handlers: {
      ...loadBalancerHandlers(world),
      ...listenerHandlers(world),
      ...ruleHandlers(world),
      ...targetGroupHandlers(world),
      ...targetHandlers(world),
      ...tagHandlers(world),
    },
  });
  return { service, world };
}
