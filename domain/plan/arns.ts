/**
 * The ARNs a plan may name: listener rules, listeners, load balancers, target groups, IAM
 * roles. Strict patterns, so that nothing else can be
 * smuggled into a call or a log. Formats: ELBv2 "Actions, resources, and condition keys" (Service Authorization
 * Reference) and IAM "Identifiers"; load balancer and target group names are at most 32 letters, digits and hyphens,
 * ids are 16 hexadecimal digits. Called by the plan's fields and rules.
 */

const ELB = String.raw`arn:(aws(?:-[a-z]{1,10}){0,2}):elasticloadbalancing:([a-z]{2}(?:-[a-z]{1,12}){1,2}-\d{1,2}):(\d{12})`;

/** A rule of an Application Load Balancer's listener. */
export const LISTENER_RULE_ARN_PATTERN = new RegExp(
  String.raw`^${ELB}:listener-rule/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}/[0-9a-f]{16}/[0-9a-f]{16}$`,
);

/** A listener of a Network Load Balancer. */
export const NETWORK_LISTENER_ARN_PATTERN = new RegExp(
  String.raw`^${ELB}:listener/net/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}/[0-9a-f]{16}$`,
);

export const LOAD_BALANCER_ARN_PATTERN = new RegExp(
  String.raw`^${ELB}:loadbalancer/(?:app|net)/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}$`,
);

export const TARGET_GROUP_ARN_PATTERN = new RegExp(
  String.raw`^${ELB}:targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}$`,
);

/** Path up to 512 characters, name up to 64 (IAM and STS quotas). */
export const ROLE_ARN_PATTERN =
  /^arn:aws(?:-[a-z]{1,10}){0,2}:iam::(\d{12}):role\/(?:[\w+=,.@-]{1,128}\/){0,8}[\w+=,.@-]{1,64}$/;

export const REGION_PATTERN = /^[a-z]{2}(?:-[a-z]{1,12}){1,2}-\d{1,2}$/;

/** Where a load balancer's resource lives. */
export interface ArnPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

const LOAD_BALANCING_ARNS = [
  LISTENER_RULE_ARN_PATTERN,
  NETWORK_LISTENER_ARN_PATTERN,
  LOAD_BALANCER_ARN_PATTERN,
  TARGET_GROUP_ARN_PATTERN,
];

/** The place in a load balancing ARN of these kinds; undefined for any other text. */
export function placeOfArn(arn: string): ArnPlace | undefined {
  const match = LOAD_BALANCING_ARNS.map((pattern) => pattern.exec(arn)).find((one) => one !== null);
  const [, partition, region, account] = match ?? [];
  if (partition === undefined || region === undefined || account === undefined) return undefined;
  return { partition, region, account };
}

/** The account in a role's ARN; undefined for any other text. */
export function accountOfRole(roleArn: string): string | undefined {
  return ROLE_ARN_PATTERN.exec(roleArn)?.[1];
}
