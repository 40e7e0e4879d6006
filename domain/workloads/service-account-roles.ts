import type { Issuer } from '#domain/trust-policy/trust-policy.ts';
import type { KubernetesObject } from './workload-copy.ts';

/** Source: Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts". */
export const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';

/** A service account whose pods get a role by their cluster's own OIDC issuer (IRSA). */
export interface AccountRole {
  readonly namespace: string;
  readonly name: string;
  readonly roleArn: string;
}

export function accountRoles(objects: readonly KubernetesObject[]): readonly AccountRole[] {
  return objects.flatMap(({ kind, metadata }) => {
    const roleArn = metadata.annotations?.[ROLE_ANNOTATION];
    if (kind !== 'ServiceAccount' || roleArn === undefined || roleArn === '') return [];
    return [{ namespace: metadata.namespace ?? '', name: metadata.name, roleArn }];
  });
}

/** Every role once. */
export function rolesOf(accounts: readonly AccountRole[]): readonly string[] {
  return [...new Set(accounts.map(({ roleArn }) => roleArn))];
}

/** `namespace/name` */
export function placeOfAccount({ namespace, name }: Omit<AccountRole, 'roleArn'>): string {
  return `${namespace}/${name}`;
}

/** A cluster's issuer as IAM of this account knows it. @param url as EKS reports it */
export function issuerIn(
  account: string,
  url: string,
  /** Any ARN of the partition. */
  arn: string,
): Issuer {
  const name = url.replace(/^https:\/\//u, '');
  const partition = arn.split(':')[1] ?? 'aws';
  return { name, providerArn: `arn:${partition}:iam::${account}:oidc-provider/${name}` };
}

/** The account that a role's ARN names; empty for what is no role's ARN. */
export function accountOf(roleArn: string): string {
  return /^arn:[^:]+:iam::(\d{12}):role\//u.exec(roleArn)?.[1] ?? '';
}
