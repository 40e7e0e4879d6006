/** Service Quotas: what an account may have. Quotas of IAM are answered in us-east-1 alone, as by AWS. */
import * as sdk from '@aws-sdk/client-service-quotas';
import { AwsError } from '../core/aws-error.ts';
import type { CallContext, OperationHandlers } from '../core/operation-handlers.ts';
import { defineService, type Service } from '../core/service.ts';
import type { Quota, QuotaBook } from './quota-book.ts';

const REGION_OF_GLOBAL = 'us-east-1';

export function serviceQuotasService(book: QuotaBook): Service {
  const handlers: OperationHandlers<typeof sdk> = {
    GetServiceQuota: ({ ServiceCode, QuotaCode }, call) => ({
      Quota: answer(applied(found(book, ServiceCode, QuotaCode, call)), call),
    }),
    GetAWSDefaultServiceQuota: ({ ServiceCode, QuotaCode }, call) => {
      const quota = found(book, ServiceCode, QuotaCode, call);
      return { Quota: answer({ ...quota, value: quota.byDefault }, call) };
    },
  };
  return defineService({
    sdk,
    signingName: 'servicequotas',
    protocol: { kind: 'json-1.1' },
    validationErrorCode: 'IllegalArgumentException',
    global: true,
    handlers,
  });
}

function found(
  book: QuotaBook,
  serviceCode: string | undefined,
  code: string | undefined,
  call: CallContext,
): Quota {
  const quota = book
    .all()
    .find((one) => one.serviceCode === serviceCode && one.code === code && isThere(one, call));
  if (quota !== undefined) return quota;
  throw new AwsError(
    'NoSuchResourceException',
    `The request failed because the specified service quota does not exist. [${serviceCode} ${code}]`,
  );
}

/** For some quotas only AWS's default is to be had. */
function applied(quota: Quota): Quota {
  if (quota.isApplied) return quota;
  throw new AwsError('NoSuchResourceException', `no value is applied [${quota.code}]`);
}

const isThere = ({ isGlobal }: Quota, { region }: CallContext): boolean =>
  !isGlobal || region === REGION_OF_GLOBAL;

function answer(quota: Quota, { region, caller }: CallContext): sdk.ServiceQuota {
  const { serviceCode, code, usage } = quota;
  return {
    ServiceCode: serviceCode,
    ServiceName: quota.serviceName,
    QuotaArn: `arn:aws:servicequotas:${quota.isGlobal ? '' : region}:${caller.accountId}:${serviceCode}/${code}`,
    QuotaCode: code,
    QuotaName: quota.name,
    Value: quota.value,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: quota.isGlobal,
    ...(usage === undefined
      ? {}
      : {
          UsageMetric: {
            MetricNamespace: 'AWS/Usage',
            MetricName: 'ResourceCount',
            MetricDimensions: { ...usage },
            MetricStatisticRecommendation: 'Maximum',
          },
        }),
    QuotaAppliedAtLevel: 'ACCOUNT',
  };
}
