/**
 * Roles and OIDC providers. IAM is eventually consistent: the IAM API itself answers with what was written, while the services
 * that use a role (EKS, STS) see a write only after the `iam` delay. `role()` and `roleInUse()` are those two views.
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
import type { Clock } from '../core/clock.ts';
import type { Physics } from '../core/physics.ts';
import type { SeededRandom } from '../core/seeded-random.ts';

export interface IamRole {
  readonly name: string;
  readonly arn: string;
  readonly roleId: string;
  readonly createdAt: Date;
  /** The trust policy as JSON text. */
  readonly trustPolicy: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface OidcProvider {
  readonly arn: string;
  /** Issuer without `https://`. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly createdAt: Date;
  readonly tags: Readonly<Record<string, string>>;
}

export interface IamParts {
  readonly accountId: string;
  readonly clock: Clock;
  readonly physics: Physics<'iam' | 'trust'>;
  readonly random: SeededRandom;
}

export class IamDirectory {
  readonly #parts: IamParts;
  readonly #roles = new Map<string, IamRole>();
  /** What other services have heard of so far. */
  readonly #seenRoles = new Map<string, Seen<IamRole>>();
  readonly #providers = new Map<string, OidcProvider>();
  readonly #seenProviders = new Map<string, Seen<OidcProvider | null>>();
  #writes = 0;

  constructor(parts: IamParts) {
    this.#parts = parts;
  }

  seedRole(name: string, trustPolicy: object): void {
    const role = this.#newRole(name, JSON.stringify(trustPolicy), {});
    this.#roles.set(name, role);
    this.#seenRoles.set(role.arn, { write: 0, value: role });
  }

  createRole(name: string, trustPolicy: string, tags: Readonly<Record<string, string>>): IamRole {
    const role = this.#newRole(name, trustPolicy, tags);
    this.#write(role, 'iam');
    return role;
  }

  updateTrust(role: IamRole, trustPolicy: string): void {
    this.#write({ ...role, trustPolicy }, 'trust');
  }

  /** As IAM's own API answers. */
  role(name: string): IamRole | undefined {
    return this.#roles.get(name);
  }

  roles(): readonly IamRole[] {
    return [...this.#roles.values()];
  }

  /** As services that use the role see it. */
  roleInUse(arn: string): IamRole | undefined {
    return this.#seenRoles.get(arn)?.value;
  }

  /** As STS sees it. */
  providerInUse(arn: string): OidcProvider | undefined {
    return this.#seenProviders.get(arn)?.value ?? undefined;
  }

  provider(arn: string): OidcProvider | undefined {
    return this.#providers.get(arn);
  }

  providers(): readonly OidcProvider[] {
    return [...this.#providers.values()];
  }

  providerArn(url: string): string {
    return `arn:aws:iam::${this.#parts.accountId}:oidc-provider/${url}`;
  }

  putProvider(provider: OidcProvider): void {
    this.#providers.set(provider.arn, provider);
    this.#seeLater(this.#seenProviders, provider.arn, provider, 'iam');
  }

  deleteProvider(arn: string): void {
    this.#providers.delete(arn);
    this.#seeLater(this.#seenProviders, arn, null, 'iam');
  }

  #newRole(name: string, trustPolicy: string, tags: Readonly<Record<string, string>>): IamRole {
    const { accountId, clock, random } = this.#parts;
    const roleId = `AROA${random.hex(17).toUpperCase()}`;
    return {
      name,
      arn: `arn:aws:iam::${accountId}:role/${name}`,
      roleId,
      createdAt: clock.now(),
      trustPolicy,
      tags,
    };
  }

  #write(role: IamRole, delay: 'iam' | 'trust'): void {
    this.#roles.set(role.name, role);
    this.#seeLater(this.#seenRoles, role.arn, role, delay);
  }

  /** Writes may overtake each other on their way; what was written last is what is seen in the end. */
  #seeLater<Value>(
    seen: Map<string, Seen<Value>>,
    key: string,
    value: Value,
    delay: 'iam' | 'trust',
  ): void {
    this.#writes += 1;
    const write = this.#writes;
    this.#parts.physics.later(delay, () => {
      if ((seen.get(key)?.write ?? -1) < write) seen.set(key, { write, value });
    });
  }
}

interface Seen<Value> {
  /** Which write it was, in order. */
  readonly write: number;
  readonly value: Value;
}
