/**
 * The emulated AWS as one thing to start: the seeded account with EKS, EC2, IAM, STS, Service Quotas, Parameter Store and S3, plus whatever services are handed in
 * (Elastic Load Balancing and CloudWatch come with the data plane). Used by the sandbox and by tests.
 */
import { seededAccount, type AccountOptions, type AwsAccount } from './account.ts';
import { Audit } from './core/audit.ts';
import { CONTROL_PREFIX, type ControlRoute } from './core/control-api.ts';
import { startAwsEmulator, type AwsEmulator } from './core/emulator.ts';
import type { Service } from './core/service.ts';
import { ec2Service } from './ec2/ec2-service.ts';
import type { ClusterBackend } from './eks/cluster-backend.ts';
import { eksControlRoutes } from './eks/eks-control.ts';
import { eksService } from './eks/eks-service.ts';
import { EksState } from './eks/eks-state.ts';
import { TOKEN_WEBHOOK_PATH, tokenWebhook } from './eks/token-webhook.ts';
import { iamService } from './iam/iam-service.ts';
import { QUOTA_CODES } from './quotas/quota-book.ts';
import { serviceQuotasService } from './quotas/service-quotas-service.ts';
import { s3Service } from './s3/s3-service.ts';
import { BUCKETS } from './seed.ts';
import { ssmService } from './ssm/ssm-service.ts';
import { stsService } from './sts/sts-service.ts';

export interface AwsWorldOptions extends AccountOptions {
  /** Where clusters come from. */
  readonly backend: ClusterBackend;
  /** @default a free port */
  readonly port?: number;
  /** JSON lines of every call. @default no file */
  readonly auditFile?: string;
  /** Of clusters, and of the OIDC providers that they bring. @default 100 */
  readonly clusterQuota?: number;
  /** Of S3's lists. @default 1000 */
  readonly keysPerPage?: number | undefined;
  /** Further services of the same account, and their side doors. */
  readonly services?: (account: AwsAccount) => readonly Service[];
  readonly controlRoutes?: (account: AwsAccount) => readonly ControlRoute[];
}

export interface AwsWorld extends AwsEmulator {
  readonly account: AwsAccount;
  readonly eks: EksState;
}

/** Clusters are the backend's: whoever made it stops them. */
export async function startAwsWorld(options: AwsWorldOptions): Promise<AwsWorld> {
  const account = seededAccount(options);
  if (options.clusterQuota !== undefined)
    for (const code of [QUOTA_CODES.clusters, QUOTA_CODES.issuers])
      account.quotas.set(code, options.clusterQuota);
  let url = '';
  const eks = new EksState({
    account,
    backend: options.backend,
    tokenWebhookUrl: (name) => `${url}${CONTROL_PREFIX}${TOKEN_WEBHOOK_PATH}${name}`,
  });
  const emulator = await startAwsEmulator({
    services: [
      eksService(eks),
      ec2Service(account.network, account.accountId),
      iamService(account.iam, account),
      stsService(account),
      serviceQuotasService(account.quotas),
      ssmService(account),
      s3Service(account, { buckets: Object.values(BUCKETS), keysPerPage: options.keysPerPage }),
      ...(options.services?.(account) ?? []),
    ],
    region: account.region,
    accountId: account.accountId,
    identities: account.identities,
    defects: account.defects,
    clock: account.clock,
    seed: options.seed ?? 1,
    audit: new Audit(options.auditFile === undefined ? {} : { file: options.auditFile }),
    controlRoutes: [
      tokenWebhook(eks),
      ...eksControlRoutes(eks),
      ...(options.controlRoutes?.(account) ?? []),
    ],
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  url = emulator.url;
  return { ...emulator, account, eks };
}
