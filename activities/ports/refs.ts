/** With which account and role a call is made. */
export interface Access {
  readonly account: string;
  readonly region: string;
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
}

export interface ClusterRef {
  readonly access: Access;
  readonly name: string;
}

export interface Identified {
  readonly arn: string;
  /** ISO time. */
  readonly createdAt: string;
}
