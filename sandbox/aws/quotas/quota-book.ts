/** The account's quotas, as far as they are played: AWS's defaults, and what an account was given instead. */
export interface Quota {
  readonly serviceCode: string;
  readonly serviceName: string;
  readonly code: string;
  readonly name: string;
  /** AWS's own. */
  readonly byDefault: number;
  readonly value: number;
  /** Is the account's value known, and not only AWS's default? */
  readonly isApplied: boolean;
  /** Kept in one region for all of them. */
  readonly isGlobal: boolean;
  /** As AWS reports what is used of it; absent: it does not. */
  readonly usage?: Readonly<Record<string, string>>;
}

const vcpu = (code: string, name: string, market: string): Quota => ({
  serviceCode: 'ec2',
  serviceName: 'Amazon Elastic Compute Cloud (Amazon EC2)',
  code,
  name,
  byDefault: 5,
  // Of a production account.
  value: 640,
  isApplied: true,
  isGlobal: false,
  usage: { Class: `Standard/${market}`, Resource: 'vCPU', Service: 'EC2', Type: 'Resource' },
});

export const QUOTA_CODES = {
  clusters: 'L-1194D53C',
  issuers: 'L-858F3967',
  onDemand: 'L-1216C47A',
  spot: 'L-34B43A08',
} as const;

const FAMILIES = 'Standard (A, C, D, H, I, M, R, T, Z)';

const DEFAULTS: readonly Quota[] = [
  {
    serviceCode: 'eks',
    serviceName: 'Amazon Elastic Kubernetes Service (Amazon EKS)',
    code: QUOTA_CODES.clusters,
    name: 'Clusters',
    byDefault: 100,
    value: 100,
    isApplied: true,
    isGlobal: false,
  },
  {
    serviceCode: 'iam',
    serviceName: 'AWS Identity and Access Management (IAM)',
    code: QUOTA_CODES.issuers,
    name: 'OpenId connect providers per account',
    byDefault: 100,
    value: 100,
    isApplied: true,
    isGlobal: true,
  },
  vcpu(QUOTA_CODES.onDemand, `Running On-Demand ${FAMILIES} instances`, 'OnDemand'),
  vcpu(QUOTA_CODES.spot, `All ${FAMILIES} Spot Instance Requests`, 'Spot'),
];

export class QuotaBook {
  readonly #quotas = new Map(DEFAULTS.map((quota) => [quota.code, quota]));

  all(): readonly Quota[] {
    return [...this.#quotas.values()];
  }

  /** Infinity for what is not played. */
  value(code: string): number {
    return this.#quotas.get(code)?.value ?? Infinity;
  }

  /** Nothing happens to a quota that is not played. */
  set(code: string, value: number): void {
    const quota = this.#quotas.get(code);
    if (quota !== undefined) this.#quotas.set(code, { ...quota, value, isApplied: true });
  }

  /** From now on the account has AWS's default, and Service Quotas knows nothing else. */
  unset(code: string): void {
    const quota = this.#quotas.get(code);
    if (quota === undefined) return;
    this.#quotas.set(code, { ...quota, value: quota.byDefault, isApplied: false });
  }
}
