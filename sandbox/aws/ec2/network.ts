/** The account's network as other services see it: VPCs, subnets with their free addresses, security groups. */
import type { SeededRandom } from '../core/seeded-random.ts';
import type { SeededSubnet } from '../seed.ts';

export interface Vpc {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly name: string;
}

export interface SecurityGroup {
  readonly groupId: string;
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  /** @default nothing is let in */
  readonly ingress?: readonly IngressRule[];
}

/** Members of other groups that are let in. */
export interface IngressRule {
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly groupIds: readonly string[];
}

export interface NetworkParts {
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly SeededSubnet[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly random: SeededRandom;
}

export class Network {
  readonly #vpcs = new Map<string, Vpc>();
  readonly #subnets = new Map<string, SeededSubnet>();
  readonly #securityGroups = new Map<string, SecurityGroup>();
  readonly #random: SeededRandom;
  #addressesTaken = 0;

  constructor(parts: NetworkParts) {
    for (const vpc of parts.vpcs) this.#vpcs.set(vpc.vpcId, vpc);
    for (const subnet of parts.subnets) this.#subnets.set(subnet.subnetId, subnet);
    for (const group of parts.securityGroups) this.#securityGroups.set(group.groupId, group);
    this.#random = parts.random;
  }

  vpcs(): readonly Vpc[] {
    return [...this.#vpcs.values()];
  }

  subnets(): readonly SeededSubnet[] {
    return [...this.#subnets.values()];
  }

  securityGroups(): readonly SecurityGroup[] {
    return [...this.#securityGroups.values()];
  }

  subnet(subnetId: string): SeededSubnet | undefined {
    return this.#subnets.get(subnetId);
  }

  securityGroup(groupId: string): SecurityGroup | undefined {
    return this.#securityGroups.get(groupId);
  }

  /** As EKS does for each cluster. @returns the new group's id. */
  createSecurityGroup(group: Omit<SecurityGroup, 'groupId'>): string {
    const groupId = `sg-${this.#random.hex(17)}`;
    this.#securityGroups.set(groupId, { ...group, groupId });
    return groupId;
  }

  /** Nothing happens to a group that is not there. */
  admit(groupId: string, rules: readonly IngressRule[]): void {
    const group = this.#securityGroups.get(groupId);
    if (group === undefined) return;
    const ingress = [...(group.ingress ?? []), ...rules];
    this.#securityGroups.set(groupId, { ...group, ingress });
  }

  deleteSecurityGroup(groupId: string): void {
    this.#securityGroups.delete(groupId);
  }

  /** An address nobody has, within the subnet's network for the first 4,000 nodes of an account. */
  nextAddress(subnetId: string): string {
    const [first = 10, second = 20, third = 0] = (this.#subnets.get(subnetId)?.cidrBlock ?? '')
      .split('.')
      .map(Number);
    const index = this.#addressesTaken;
    this.#addressesTaken += 1;
    return [first, second, third + (Math.floor(index / 250) % 16), 4 + (index % 250)].join('.');
  }

  /** For scenarios: how many addresses a subnet has left. */
  setAvailableAddresses(subnetId: string, availableIpAddressCount: number): void {
    const subnet = this.#subnets.get(subnetId);
    if (subnet !== undefined) this.#subnets.set(subnetId, { ...subnet, availableIpAddressCount });
  }
}
