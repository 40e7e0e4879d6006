/**
 * What all handlers of Elastic Load Balancing share: the account they play in, what exists, the data plane they steer and
 * the rate limit on changes. Made by elbv2-service.ts.
 */
import type { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import type { AwsAccount } from '../account.ts';
import { AwsError } from '../core/aws-error.ts';
import type { CallContext } from '../core/operation-handlers.ts';
import { TokenBuckets, type BucketSize } from '../core/token-bucket.ts';
import { Elbv2State } from './elbv2-state.ts';
import { routingTable, targetGroupSettings } from './routing.ts';

/**
 * Changes a second and account. AWS publishes no numbers for ELBv2; a script that changes rules in a loop is throttled
 * after some dozens, and so it is here.
 */
export const DEFAULT_MUTATION_LIMIT: BucketSize = { ratePerSecond: 10, burst: 40 };

export interface Elbv2Options {
  readonly account: Pick<
    AwsAccount,
    'accountId' | 'region' | 'clock' | 'random' | 'physics' | 'network'
  >;
  readonly dataPlane: DataPlane;
  /** @default 10 a second, bursts of 40 */
  readonly mutationLimit?: BucketSize;
  /**
   * Gives every load balancer an address that no other one has (127.0.1.2 and up), so that what a name resolves to tells
   * which one it is. Off by default, because only Linux has more than 127.0.0.1 without further ado. @default false
   */
  readonly ownAddresses?: boolean;
}

export class Elbv2World {
  readonly account: Elbv2Options['account'];
  readonly dataPlane: DataPlane;
  readonly state = new Elbv2State();
  readonly #buckets: TokenBuckets;
  readonly #ids: { hex(digits: number): string };
  readonly #ownAddresses: boolean;
  #addresses = 0;

  constructor(options: Elbv2Options) {
    this.account = options.account;
    this.dataPlane = options.dataPlane;
    this.#ownAddresses = options.ownAddresses ?? false;
    this.#ids = options.account.random.fork('elbv2 ids');
    this.#buckets = new TokenBuckets(options.mutationLimit ?? DEFAULT_MUTATION_LIMIT, () =>
      options.account.clock.now().getTime(),
    );
  }

  /** The sixteen hexadecimal digits that end ARNs. */
  nextId(): string {
    return this.#ids.hex(16);
  }

  /** Where the next load balancer listens: an address of this machine's loopback. */
  nextAddress(): string {
    if (!this.#ownAddresses) return '127.0.0.1';
    this.#addresses += 1;
    return `127.0.${1 + Math.floor(this.#addresses / 250)}.${1 + (this.#addresses % 250)}`;
  }

  /** Every handler that changes something asks first. @throws AwsError Throttling */
  takeMutation(call: CallContext): void {
    if (!this.#buckets.take(call.caller.accountId)) {
      throw new AwsError('Throttling', 'Rate exceeded', { httpStatus: 400 });
    }
  }

  /** The rules of the load balancer changed: its nodes learn of it in their time. */
  pushRouting(loadBalancerArn: string, propagation: 'at-once' | 'seeded' = 'seeded'): void {
    this.dataPlane.pushRouting(routingTable(this.state, loadBalancerArn), propagation);
  }

  pushTargetGroup(targetGroupArn: string): void {
    this.dataPlane.configureTargetGroup(
      targetGroupSettings(this.state.targetGroup(targetGroupArn)),
    );
  }
}
