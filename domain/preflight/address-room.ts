import { finding, type Finding } from './finding.ts';

/**
 * Are there addresses for a second cluster? Green lives in blue's subnets: its control plane puts network interfaces there, its pods
 * take an address each. A part of `readiness.ts`, which gathers all findings. Source: Amazon EKS User Guide, "Amazon EKS networking
 * requirements for VPC and subnets".
 */
export interface AddressFacts {
  /** Of blue's control plane and node groups; null: nobody would tell. */
  readonly subnets: readonly SubnetRoom[] | null;
  /** Pods that the plan's workloads want. */
  readonly pods: number;
  /** Blue's. */
  readonly nodes: number;
}

export interface SubnetRoom {
  readonly id: string;
  readonly zone: string;
  /** Addresses that nobody has. */
  readonly free: number;
  /** Is it one of those that the control plane is in? */
  readonly ofControlPlane: boolean;
}

/** EKS wants at least six free addresses in each subnet of a new control plane, in two zones or more. */
const CONTROL_PLANE_ADDRESSES = 6;
const CONTROL_PLANE_ZONES = 2;

export function addressFindings(facts: AddressFacts, blue: string): readonly Finding[] {
  const { subnets } = facts;
  if (subnets === null)
    return [
      finding(
        'subnets-unread',
        'info',
        blue,
        'how many addresses are free in blue’s subnets could not be read',
        'allow the engine’s role ec2:DescribeSubnets, or look yourself: green needs as many again',
      ),
    ];
  return [...controlPlaneFindings(subnets), ...podFindings(facts, subnets, blue)];
}

function controlPlaneFindings(subnets: readonly SubnetRoom[]): readonly Finding[] {
  const full = subnets.filter(
    ({ ofControlPlane, free }) => ofControlPlane && free < CONTROL_PLANE_ADDRESSES,
  );
  const zones = new Set(
    subnets
      .filter((subnet) => subnet.ofControlPlane && !full.includes(subnet))
      .map(({ zone }) => zone),
  );
  const severity = zones.size < CONTROL_PLANE_ZONES ? 'block' : 'warn';
  return full.map(({ id, zone, free }) =>
    finding(
      'subnet-full',
      severity,
      id,
      `${free} addresses are free in it (${zone}), and a control plane wants ${CONTROL_PLANE_ADDRESSES} in each of its subnets`,
      'free addresses there, or take the subnet off blue’s control plane (UpdateClusterConfig): green is made with the same subnets',
    ),
  );
}

function podFindings(
  { pods, nodes }: AddressFacts,
  subnets: readonly SubnetRoom[],
  blue: string,
): readonly Finding[] {
  const needed = pods + nodes;
  const free = subnets.reduce((sum, subnet) => sum + subnet.free, 0);
  if (free >= needed) return [];
  return [
    finding(
      'addresses-short',
      'warn',
      blue,
      `green needs an address for each of about ${pods} pods and ${nodes} nodes while blue keeps its own, and ${free} are free in blue’s subnets`,
      'free or add addresses, unless pods get theirs elsewhere (custom networking, IPv6)',
    ),
  ];
}
