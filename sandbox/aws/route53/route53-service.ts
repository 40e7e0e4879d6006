/**
 * Route 53 of the emulator: hosted zones, record sets with simple and weighted routing, changes that are PENDING until every
 * name server answers by them, protections, and name servers that really answer over UDP. What is not played is refused by name.
 */
import * as sdk from '@aws-sdk/client-route-53';
import { seededRandom } from '#sandbox/data-plane/seeded-random.ts';
import type { AwsAccount } from '../account.ts';
import { AwsError } from '../core/aws-error.ts';
import { defineService, type Service } from '../core/service.ts';
import { TokenBuckets, type BucketSize } from '../core/token-bucket.ts';
import { Route53State } from './hosted-zone.ts';
import { NameServer } from './name-server.ts';
import { protectionHandlers } from './protection-handlers.ts';
import { recordHandlers } from './record-handlers.ts';
import type { Route53World } from './route53-world.ts';
import { zoneHandlers } from './zone-handlers.ts';

/** "Five requests per second per AWS account"; docs Route53/latest/DeveloperGuide/DNSLimitations.html */
const REQUEST_LIMIT: BucketSize = { ratePerSecond: 5, burst: 5 };

export interface Route53Options {
  readonly account: Pick<AwsAccount, 'accountId' | 'clock' | 'random' | 'physics'>;
  /** Address of a load balancer by its DNS name; aliases lead there. */
  readonly addressOf: (dnsName: string) => string | undefined;
  /** @default 5 a second */
  readonly requestLimit?: BucketSize;
  /** @default 1 */
  readonly seed?: number;
}

export interface Route53 {
  readonly service: Service;
  readonly state: Route53State;
  /** Opens the zones' name servers: `127.0.0.1:PORT` each. */
  listen(): Promise<readonly string[]>;
  /** Questions that all name servers have answered. */
  answered(): number;
  stop(): Promise<void>;
}

export function createRoute53(options: Route53Options): Route53 {
  const { account, addressOf, seed = 1 } = options;
  const state = new Route53State();
  const servers = ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.com'].map(
    (name) => new NameServer({ name, addressOf, random: seededRandom(seed, `answers ${name}`) }),
  );
  const ids = account.random.fork('route 53 ids');
  const buckets = new TokenBuckets(options.requestLimit ?? REQUEST_LIMIT, () =>
    account.clock.now().getTime(),
  );
  const world: Route53World = {
    account,
    state,
    servers,
    nextId: (prefix) => `${prefix}${ids.hex(20).toUpperCase()}`,
    takeRequest: ({ caller }) => {
      if (!buckets.take(caller.accountId))
        throw new AwsError('Throttling', 'Rate exceeded', { httpStatus: 400 });
    },
  };
  return {
    service: defineService({
      sdk,
      signingName: 'route53',
      protocol: { kind: 'rest-xml', xmlNamespace: 'https://route53.amazonaws.com/doc/2013-04-01/' },
      validationErrorCode: 'InvalidInput',
      global: true,
      handlers: { ...zoneHandlers(world), ...recordHandlers(world), ...protectionHandlers(world) },
    }),
    state,
    listen: async () => Promise.all(servers.map(async (server) => server.listen())),
    answered: () => servers.reduce((sum, { answered }) => sum + answered, 0),
    stop: async () => {
      await Promise.all(servers.map(async (server) => server.close()));
    },
  };
}
