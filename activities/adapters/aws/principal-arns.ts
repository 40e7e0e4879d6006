/**
 * Who stands behind an ARN that STS answers. EKS access entries name roles and users, never sessions. Pure; called by the
 * clients, who must know whether a role is already theirs, and by `ClusterAccess.whoAmI`.
 */

/** `arn:aws:sts::111122223333:assumed-role/engine/session`: the role's path is not in it. */
const SESSION = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/u;
const ROLE = /^arn:[\w-]+:iam::(\d{12}):role\/(?:.+\/)?([^/]+)$/u;

/**
 * The role ARN of a session; any other ARN as it is. STS does not tell a role's path, so a role below a path comes out
 * without it: a plan that uses one names it as `roleArn`.
 */
export function principalOf(callerArn: string): string {
  const [, partition, account, role] = SESSION.exec(callerArn) ?? [];
  if (partition === undefined || account === undefined || role === undefined) return callerArn;
  return `arn:${partition}:iam::${account}:role/${role}`;
}

/** Is the caller (a session's or role's ARN) acting as this role? Paths are left out of the comparison. */
export function isRole(callerArn: string, roleArn: string): boolean {
  const caller = ROLE.exec(principalOf(callerArn));
  const role = ROLE.exec(roleArn);
  return caller !== null && role !== null && caller[1] === role[1] && caller[2] === role[2];
}

/** `aws`, `aws-cn`, `aws-us-gov` … of any ARN. */
export function partitionOf(arn: string): string {
  return arn.split(':')[1] ?? 'aws';
}
