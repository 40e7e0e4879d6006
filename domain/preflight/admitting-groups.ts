import { finding, type Finding } from './finding.ts';

/**
 * Security groups that admit blue by the group that EKS made for it: databases and caches that green's nodes, which get a group of
 * their own, could not reach. A part of `readiness.ts`. Source: Amazon EKS User Guide, "View Amazon EKS security group requirements
 * for clusters".
 */
export interface AdmittingRule {
  readonly groupId: string;
  readonly groupName: string;
  /** As EC2 calls it: `tcp`, `udp`, a number; `-1`: all. */
  readonly protocol: string;
  /** Null where the protocol has none, or all are meant. */
  readonly fromPort: number | null;
  readonly toPort: number | null;
}

export interface AdmittingFacts {
  /** Blue's own group; null where EKS names none. */
  readonly ofBlue: string | null;
  /** Of other groups; null: nobody would tell. */
  readonly rules: readonly AdmittingRule[] | null;
}

/** More would only make history long. */
const MOST = 20;

export function admittingFindings(
  { ofBlue, rules }: AdmittingFacts,
  blue: string,
): readonly Finding[] {
  if (rules === null)
    return [
      finding(
        'groups-unread',
        'info',
        blue,
        'which security groups admit blue could not be read',
        'allow `ec2:DescribeSecurityGroups`, or look yourself whether databases and caches admit green',
      ),
    ];
  const byGroup = Map.groupBy(rules, ({ groupId }) => groupId);
  const found = [...byGroup].map(([groupId, ofGroup]) =>
    finding(
      'group-admits-blue',
      'warn',
      groupId,
      `security group ${ofGroup[0]?.groupName ?? ''} admits blue by its group ${ofBlue ?? ''}: ${ofGroup.map(portsOf).join(', ')}`,
      `before the shift admit green, too: ${ofGroup.map(commandOf).join('; ')}`,
    ),
  );
  if (found.length <= MOST) return found;
  const more = found.length - MOST;
  return [
    ...found.slice(0, MOST),
    finding(
      'group-admits-blue',
      'warn',
      `${more} more security groups`,
      `${more} more security groups admit blue`,
      `list them: aws ec2 describe-security-groups --filters Name=ip-permission.group-id,Values=${ofBlue ?? ''}`,
    ),
  ];
}

function portsOf({ protocol, fromPort, toPort }: AdmittingRule): string {
  if (protocol === '-1') return 'everything';
  if (fromPort === null || fromPort < 0) return protocol;
  return fromPort === toPort ? `${protocol} ${fromPort}` : `${protocol} ${fromPort}-${toPort}`;
}

function commandOf({ groupId, protocol, fromPort, toPort }: AdmittingRule): string {
  const ports =
    fromPort === null || fromPort < 0
      ? ''
      : ` --port ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
  return `aws ec2 authorize-security-group-ingress --group-id ${groupId} --protocol ${protocol}${ports} --source-group GREENS_CLUSTER_SECURITY_GROUP`;
}
