import type { AwsAccount } from '../account.ts';
import type { Route53State } from './hosted-zone.ts';
import type { NameServer } from './name-server.ts';

/** What the handlers of Route 53 share. */
export interface Route53World {
  readonly account: Pick<AwsAccount, 'accountId' | 'clock' | 'random' | 'physics'>;
  readonly state: Route53State;
  readonly servers: readonly NameServer[];
  nextId(prefix: 'Z' | 'C'): string;
  /** Every handler asks first. @throws AwsError Throttling */
  takeRequest(call: { readonly caller: { readonly accountId: string } }): void;
}
