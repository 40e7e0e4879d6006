/**
 * The fixed furniture of the emulated account: what a platform team has before the first migration. Everything here is constant,
 * so that `examples/` name it and work as they are.
 */
import type { Identity } from './core/identities.ts';

export const ACCOUNT_ID = '111122223333';
export const REGION = 'eu-west-1';

export const VPC = {
  vpcId: 'vpc-0c07e0000000000a1',
  cidrBlock: '10.20.0.0/16',
  name: 'shop',
} as const;

export interface SeededSubnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly cidrBlock: string;
  readonly availableIpAddressCount: number;
  readonly name: string;
}

const subnet = (zone: 'a' | 'b' | 'c', index: number): SeededSubnet => ({
  subnetId: `subnet-0c07e0000000000${zone}1`,
  vpcId: VPC.vpcId,
  availabilityZone: `${REGION}${zone}`,
  availabilityZoneId: `euw1-az${index + 1}`,
  cidrBlock: `10.20.${index * 16}.0/20`,
  availableIpAddressCount: 4_091,
  name: `shop-private-${zone}`,
});

/** Private subnets, one for each zone. */
export const SUBNETS: readonly SeededSubnet[] = [subnet('a', 0), subnet('b', 1), subnet('c', 2)];

/** A /28 with two addresses left: for the findings about full subnets. */
export const FULL_SUBNET: SeededSubnet = {
  ...subnet('a', 15),
  subnetId: 'subnet-0c07e0000000000f1',
  availabilityZoneId: 'euw1-az1',
  cidrBlock: '10.20.240.0/28',
  availableIpAddressCount: 2,
  name: 'shop-full-a',
};

export const SECURITY_GROUPS = {
  /** In front of the load balancer; target group bindings name it as their source. */
  loadBalancer: 'sg-0c07e000000000001',
  nodes: 'sg-0c07e000000000002',
} as const;

const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;

export const ROLES = {
  /** Whoever runs the engine: its access key below is a session of this role. */
  engine: roleArn('cutover-engine'),
  cluster: roleArn('shop-eks-cluster'),
  node: roleArn('shop-eks-node'),
  /** A person's role, for access entries that a migration has to copy. */
  operator: roleArn('shop-operator'),
  /** A workload's role, for IRSA and Pod Identity. */
  orders: roleArn('shop-orders'),
} as const;

export interface SeededBucket {
  readonly name: string;
  /** Account that owns it. */
  readonly owner: string;
  /** Its policy lets everybody in; otherwise it is its owner's alone. */
  readonly isPublic: boolean;
}

export const BUCKETS = {
  /** For capsules. */
  own: { name: 'shop-cutover-capsules', owner: ACCOUNT_ID, isPublic: false },
  /** What a name of ours can come to be when we gave it up: another account's, and open to whoever writes. */
  strangers: { name: 'shop-cutover-capsules-old', owner: '444455556666', isPublic: true },
} as const satisfies Readonly<Record<string, SeededBucket>>;

/** Made up for the emulator; they open nothing anywhere else. */
export const ENGINE_CREDENTIALS = {
  accessKeyId: 'AKIACUTOVERENGINE001',
  secretAccessKey: 'emulated/secret/of/the/cutover/engine/01',
} as const;

export const OPERATOR_CREDENTIALS = {
  accessKeyId: 'AKIACUTOVEROPERATOR1',
  secretAccessKey: 'emulated/secret/of/a/cutover/operator/01',
} as const;

/** The sandbox's own hands (it builds blue), so that the audit tells them from the engine's. */
export const SANDBOX_CREDENTIALS = {
  accessKeyId: 'AKIACUTOVERSANDBOX01',
  secretAccessKey: 'emulated/secret/of/the/sandbox/itself/01',
} as const;

const SANDBOX_PRINCIPAL = `arn:aws:iam::${ACCOUNT_ID}:user/cutover-sandbox`;

const roleSession = (
  keys: typeof ENGINE_CREDENTIALS | typeof OPERATOR_CREDENTIALS,
  role: string,
): Identity => {
  const name = role.slice(role.lastIndexOf('/') + 1);
  return {
    ...keys,
    accountId: ACCOUNT_ID,
    arn: `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${name}/sandbox`,
    principalArn: role,
    userId: `AROACUTOVER${name.toUpperCase().replaceAll('-', '')}:sandbox`,
  };
};

export const IDENTITIES: readonly Identity[] = [
  roleSession(ENGINE_CREDENTIALS, ROLES.engine),
  roleSession(OPERATOR_CREDENTIALS, ROLES.operator),
  {
    ...SANDBOX_CREDENTIALS,
    accountId: ACCOUNT_ID,
    arn: SANDBOX_PRINCIPAL,
    principalArn: SANDBOX_PRINCIPAL,
    userId: 'AIDACUTOVERSANDBOX01',
  },
];

/** Trust policies by role name, as `GetRole` answers them. */
export const TRUST_POLICIES: Readonly<Record<string, object>> = {
  'cutover-engine': trust({ AWS: `arn:aws:iam::${ACCOUNT_ID}:root` }),
  'shop-eks-cluster': trust({ Service: 'eks.amazonaws.com' }),
  'shop-eks-node': trust({ Service: 'ec2.amazonaws.com' }),
  'shop-operator': trust({ AWS: `arn:aws:iam::${ACCOUNT_ID}:root` }),
  'shop-orders': trust({ Service: 'pods.eks.amazonaws.com' }, ['sts:AssumeRole', 'sts:TagSession']),
};

function trust(principal: object, actions: readonly string[] = ['sts:AssumeRole']): object {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: actions }],
  };
}
