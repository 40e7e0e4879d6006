import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { Route53Client } from '@aws-sdk/client-route-53';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Access } from '#activities/ports/refs.ts';
import { isRole } from './principal-arns.ts';

/**
 * SDK clients per account, region and role, made when first asked for and shared by all adapters. Credentials come from
 * the SDK's default chain; where the access names a role that we are not, that role is assumed, once for all services.
 *
 * Invariants: a write is sent once (retrying is Temporal's work, where it can be seen), a read up to three times; every
 * request ends within its timeout; endpoints are the SDK's own business (it honours `AWS_ENDPOINT_URL` itself).
 */

/** The same service twice: for questions, and for what changes the world. */
interface ReadAndWrite<Client> {
  readonly read: Client;
  readonly write: Client;
}

export interface AwsClients {
  eks(access: Access): ReadAndWrite<EKSClient>;
  elb(access: Access): ReadAndWrite<ElasticLoadBalancingV2Client>;
  route53(access: Access): ReadAndWrite<Route53Client>;
  iam(access: Access): ReadAndWrite<IAMClient>;
  cloudWatch(access: Access): CloudWatchClient;
  /** Read only. */
  ec2(access: Access): EC2Client;
  /** Read only. */
  serviceQuotas(access: Access): ServiceQuotasClient;
  ssm(access: Access): SSMClient;
  s3(access: Access): S3Client;
  sts(access: Access): STSClient;
  /** Frees all sockets; clients must not be used afterwards. */
  close(): void;
}

export interface AwsClientsOptions {
  /** One attempt, from sending to the last byte, in milliseconds. @default 3000 */
  readonly requestTimeoutMs?: number;
  /** @default 1000 */
  readonly connectionTimeoutMs?: number;
}

const READ_ATTEMPTS = 3;
/** Shown in CloudTrail as the session's name. */
const SESSION_NAME = 'cutover';

export function createAwsClients(options: AwsClientsOptions = {}): AwsClients {
  const requestHandler = {
    requestTimeout: options.requestTimeoutMs ?? 3000,
    connectionTimeout: options.connectionTimeoutMs ?? 1000,
    // Without it the SDK only logs a breach of the timeout and goes on waiting.
    throwOnRequestTimeout: true,
  };
  const common = (access: Access) => ({
    region: access.region,
    maxAttempts: READ_ATTEMPTS,
    requestHandler,
    userAgentAppId: SESSION_NAME,
  });
  const reading = (access: Access) => ({
    ...common(access),
    credentials: sts(access).config.credentials,
  });
  const writing = (access: Access) => ({ ...reading(access), maxAttempts: 1 });

  const closers: (() => void)[] = [];
  function perAccess<Client extends { destroy(): void }>(
    make: (access: Access) => Client,
  ): (access: Access) => Client {
    const made = new Map<string, Client>();
    closers.push(() => {
      for (const client of made.values()) client.destroy();
      made.clear();
    });
    return (access) => {
      const { account, region, roleArn, externalId } = access;
      const key = JSON.stringify([account, region, roleArn, externalId]);
      const client = made.get(key) ?? make(access);
      made.set(key, client);
      return client;
    };
  }

  const sts = perAccess((access) => {
    // Left to itself a client takes the default chain: the worker's own identity.
    const own = new STSClient(common(access));
    return access.roleArn === undefined ? own : roleClient(own, access, access.roleArn);
  });

  function roleClient(own: STSClient, access: Access, roleArn: string): STSClient {
    closers.push(() => own.destroy());
    const assumed = fromTemporaryCredentials({
      masterCredentials: own.config.credentials,
      params: {
        RoleArn: roleArn,
        RoleSessionName: SESSION_NAME,
        ...(access.externalId === undefined ? {} : { ExternalId: access.externalId }),
      },
      clientConfig: common(access),
    });
    return new STSClient({
      ...common(access),
      credentials: async (properties) => {
        const caller = await own.send(new GetCallerIdentityCommand({}));
        return isRole(caller.Arn ?? '', roleArn) ? own.config.credentials() : assumed(properties);
      },
    });
  }

  const eksRead = perAccess((access) => new EKSClient(reading(access)));
  const eksWrite = perAccess((access) => new EKSClient(writing(access)));
  const elbRead = perAccess((access) => new ElasticLoadBalancingV2Client(reading(access)));
  const elbWrite = perAccess((access) => new ElasticLoadBalancingV2Client(writing(access)));
  const route53Read = perAccess((access) => new Route53Client(reading(access)));
  const route53Write = perAccess((access) => new Route53Client(writing(access)));
  const iamRead = perAccess((access) => new IAMClient(reading(access)));
  const iamWrite = perAccess((access) => new IAMClient(writing(access)));
  return {
    sts,
    eks: (access) => ({ read: eksRead(access), write: eksWrite(access) }),
    elb: (access) => ({ read: elbRead(access), write: elbWrite(access) }),
    route53: (access) => ({ read: route53Read(access), write: route53Write(access) }),
    iam: (access) => ({ read: iamRead(access), write: iamWrite(access) }),
    cloudWatch: perAccess((access) => new CloudWatchClient(reading(access))),
    ec2: perAccess((access) => new EC2Client(reading(access))),
    serviceQuotas: perAccess((access) => new ServiceQuotasClient(reading(access))),
    // Overwriting a parameter or an object twice is overwriting it once.
    ssm: perAccess((access) => new SSMClient(reading(access))),
    s3: perAccess((access) => new S3Client(reading(access))),
    close: () => {
      for (const close of closers) close();
    },
  };
}
