import { finding, type Finding } from './finding.ts';

/**
 * May the account have a second cluster beside blue? A quota that is full fails a migration when half of green is there. A part of
 * `readiness.ts`. Source: Amazon EKS User Guide, "View and manage Amazon EKS and Fargate service quotas"; each service's own.
 */
export interface QuotaRoom {
  /** As Service Quotas calls it: `eks`, `L-1194D53C`. */
  readonly service: string;
  readonly code: string;
  readonly name: string;
  readonly region: string;
  readonly limit: number;
  readonly used: number;
  /** What green takes of it. */
  readonly needed: number;
}

export interface QuotaFacts {
  readonly rooms: readonly QuotaRoom[];
  /** Of which nobody would tell, `CODE: why`. */
  readonly unread: readonly string[];
}

/** @param isThere green exists already: what it takes, it has */
export function quotaFindings(
  { rooms, unread }: QuotaFacts,
  blue: string,
  isThere: boolean,
): readonly Finding[] {
  if (isThere) return [];
  const full = rooms.filter(({ limit, used, needed }) => used + needed > limit).map(fullFinding);
  if (unread.length === 0) return full;
  return [
    ...full,
    finding(
      'quotas-unread',
      'info',
      blue,
      `whether the account’s quotas have room for green could not be read: ${unread.join('; ')}`,
      'allow the engine’s role `servicequotas:GetServiceQuota`, `servicequotas:GetAWSDefaultServiceQuota`, `eks:ListClusters`, `iam:ListOpenIDConnectProviders`, `ec2:DescribeInstanceTypes` and `cloudwatch:GetMetricData`, or look yourself',
    ),
  ];
}

function fullFinding({ service, code, name, region, ...room }: QuotaRoom): Finding {
  const { limit, used, needed } = room;
  return finding(
    'quota-full',
    'block',
    `${service} ${code}`,
    `green takes ${needed} of the quota “${name}”, of which ${used} of ${limit} are in use`,
    `free some, or ask for more: aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${used + needed}`,
  );
}
