/**
 * What the emulated services share: one account in one region, its clock, randomness and physics, and who and what is in it.
 * Built once by `aws-world.ts`; each service's handlers close over it.
 */
import { systemClock, type Clock } from './core/clock.ts';
import { defectReporter, type DefectReporter } from './core/defects.ts';
import { Identities } from './core/identities.ts';
import { Physics } from './core/physics.ts';
import { SeededRandom } from './core/seeded-random.ts';
import { Instances } from './ec2/instances.ts';
import { Network } from './ec2/network.ts';
import { IamDirectory } from './iam/iam-directory.ts';
import { TokenIssuers } from './iam/token-issuers.ts';
import { QuotaBook } from './quotas/quota-book.ts';
import {
  ACCOUNT_ID,
  FULL_SUBNET,
  IDENTITIES,
  REGION,
  SECURITY_GROUPS,
  SUBNETS,
  TRUST_POLICIES,
  VPC,
} from './seed.ts';

/** Classes of delay that this part of the emulator plays. */
const DELAYS = {
  /** On top of the API server's real start. */
  clusterCreate: { minMs: 200, maxMs: 800 },
  clusterDelete: { minMs: 500, maxMs: 1_500 },
  clusterUpdate: { minMs: 400, maxMs: 1_200 },
  clusterVersionUpdate: { minMs: 1_500, maxMs: 3_000 },
  nodegroupCreate: { minMs: 1_000, maxMs: 3_000 },
  nodegroupDelete: { minMs: 800, maxMs: 2_000 },
  nodegroupUpdate: { minMs: 500, maxMs: 1_500 },
  addonCreate: { minMs: 1_000, maxMs: 2_000 },
  /** How long pods of a fresh add-on may take before it counts as degraded. */
  addonPods: { minMs: 5_000, maxMs: 6_000 },
  addonUpdate: { minMs: 800, maxMs: 2_000 },
  addonDelete: { minMs: 500, maxMs: 1_000 },
  insightsRefresh: { minMs: 800, maxMs: 2_000 },
  /** How long Route 53 works on one change of a zone; another one that comes meanwhile is refused. */
  dnsChange: { minMs: 50, maxMs: 250 },
  /** Until one name server answers by a change; AWS says "within 60 seconds", mostly it is far less. */
  dnsPropagation: { minMs: 1_500, maxMs: 8_000 },
  /** Until a changed tag is seen by readers. */
  tags: { minMs: 200, maxMs: 1_000 },
  /** Until an IAM write is seen by the services that use it; docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html. */
  iam: { minMs: 200, maxMs: 1_000 },
  /** The same of a changed trust policy; AWS gives no figure, seconds are what people report. */
  trust: { minMs: 1_000, maxMs: 5_000 },
} as const;

export type DelayClass = keyof typeof DELAYS;

export interface AwsAccount {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly defects: DefectReporter;
  readonly random: SeededRandom;
  readonly physics: Physics<DelayClass>;
  readonly identities: Identities;
  readonly iam: IamDirectory;
  /** Whose tokens can be verified: clusters that are there. */
  readonly issuers: TokenIssuers;
  readonly network: Network;
  readonly instances: Instances;
  readonly quotas: QuotaBook;
}

export interface AccountOptions {
  /** @default 1 */
  readonly seed?: number;
  /** Multiplies every delay. @default 1 */
  readonly delayScale?: number;
  readonly defects?: DefectReporter;
}

/** The seeded account, furnished and with nothing running in it. */
export function seededAccount(options: AccountOptions = {}): AwsAccount {
  const defects = options.defects ?? defectReporter();
  const clock = systemClock(defects);
  const random = new SeededRandom(options.seed ?? 1);
  const physics = new Physics<DelayClass>({
    delays: DELAYS,
    random: random.fork('physics'),
    clock,
    scale: options.delayScale ?? 1,
  });
  const iam = new IamDirectory({
    accountId: ACCOUNT_ID,
    clock,
    physics,
    random: random.fork('iam'),
  });
  for (const [name, policy] of Object.entries(TRUST_POLICIES)) iam.seedRole(name, policy);
  return {
    accountId: ACCOUNT_ID,
    region: REGION,
    clock,
    defects,
    random: random.fork('account'),
    physics,
    identities: new Identities(IDENTITIES),
    iam,
    issuers: new TokenIssuers(),
    instances: new Instances(),
    quotas: new QuotaBook(),
    network: new Network({
      vpcs: [VPC],
      subnets: [...SUBNETS, FULL_SUBNET],
      securityGroups: Object.entries(SECURITY_GROUPS).map(([name, groupId]) => ({
        groupId,
        vpcId: VPC.vpcId,
        name: `shop-${name}`,
        description: 'seeded',
      })),
      random: random.fork('network'),
    }),
  };
}
