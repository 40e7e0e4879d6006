/**
 * Systems Manager's Parameter Store, as far as plain parameters go: put, get, listed by path, deleted. Values of the advanced
 * tier where their size needs it; SecureString, policies, labels and old versions are not played and refused by name.
 * Source: docs systems-manager/latest/APIReference/API_PutParameter.html, API_GetParametersByPath.html, userguide/parameter-store-advanced-parameters.html
 */
import * as sdk from '@aws-sdk/client-ssm';
import type { AwsAccount } from '../account.ts';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { defineService, type Service } from '../core/service.ts';
import { TokenBuckets, type BucketSize } from '../core/token-bucket.ts';

const STANDARD_BYTES = 4_096;
const ADVANCED_BYTES = 8_192;
const LONGEST_NAME = 1_011;
const MOST_LEVELS = 15;
const MOST_RESULTS = 10;
/** "Transaction rate for PutParameter", default of the service quotas; that it allows no burst is assumed. */
const PUT_LIMIT: BucketSize = { ratePerSecond: 3, burst: 3 };

interface StoredParameter {
  readonly value: string;
  readonly version: number;
  readonly tier: 'Standard' | 'Advanced';
  readonly modifiedAt: Date;
}

export function ssmService(account: Pick<AwsAccount, 'accountId' | 'region' | 'clock'>): Service {
  const parameters = new Map<string, StoredParameter>();
  const puts = new TokenBuckets(PUT_LIMIT, () => account.clock.now().getTime());

  const found = (name: string): sdk.Parameter => {
    const stored = parameters.get(name);
    if (stored === undefined) throw new AwsError('ParameterNotFound', '');
    return {
      Name: name,
      Type: 'String',
      Value: stored.value,
      Version: stored.version,
      LastModifiedDate: stored.modifiedAt,
      ARN: `arn:aws:ssm:${account.region}:${account.accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`,
      DataType: 'text',
    };
  };

  const handlers: OperationHandlers<typeof sdk> = {
    PutParameter: (input, call) => {
      const name = checkedName(input.Name);
      refuseWhatIsNotPlayed(input);
      if (!puts.take(call.caller.accountId))
        throw new AwsError('ThrottlingException', 'Rate exceeded', { httpStatus: 400 });
      const before = parameters.get(name);
      if (before !== undefined && input.Overwrite !== true)
        throw new AwsError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      const value = input.Value ?? '';
      const tier = tierOf(value, input.Tier, before?.tier);
      const version = (before?.version ?? 0) + 1;
      parameters.set(name, { value, version, tier, modifiedAt: account.clock.now() });
      return { Version: version, Tier: tier };
    },

    GetParameter: ({ Name = '' }) => ({ Parameter: found(Name) }),

    GetParametersByPath: ({ Path = '', Recursive = false, MaxResults, NextToken }) => {
      if (!Path.startsWith('/'))
        throw new AwsError('ValidationException', 'The parameter path must begin with a slash');
      const most = MaxResults ?? MOST_RESULTS;
      if (most < 1 || most > MOST_RESULTS)
        throw new AwsError('ValidationException', 'MaxResults must be between 1 and 10');
      const under = `${Path.replace(/\/$/u, '')}/`;
      const names = [...parameters.keys()]
        .filter((name) => name.startsWith(under))
        .filter((name) => Recursive || !name.slice(under.length).includes('/'))
        .toSorted();
      const start = NextToken === undefined ? 0 : Number(NextToken);
      const next = start + most;
      return {
        Parameters: names.slice(start, next).map(found),
        ...(next < names.length ? { NextToken: String(next) } : {}),
      };
    },

    DeleteParameters: ({ Names = [] }) => {
      const DeletedParameters = Names.filter((name) => parameters.delete(name));
      const InvalidParameters = Names.filter((name) => !DeletedParameters.includes(name));
      return { DeletedParameters, InvalidParameters };
    },
  };

  return defineService({
    sdk,
    signingName: 'ssm',
    protocol: { kind: 'json-1.1' },
    validationErrorCode: 'ValidationException',
    handlers,
  });
}

function checkedName(name = ''): string {
  if (!/^[\w./-]+$/u.test(name) || name.length > LONGEST_NAME || /^\/?(?:aws|ssm)/iu.test(name))
    throw new AwsError('ValidationException', `Parameter name: ${name} is not allowed`);
  if (name.split('/').length - 1 > MOST_LEVELS)
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `Parameter hierarchies cannot be deeper than ${MOST_LEVELS} levels`,
    );
  return name;
}

function refuseWhatIsNotPlayed(input: sdk.PutParameterCommandInput): void {
  const { Type, KeyId, Policies, AllowedPattern, Tags, DataType } = input;
  const other = Object.entries({ KeyId, Policies, AllowedPattern, Tags, DataType }).find(
    ([, value]) => value !== undefined,
  )?.[0];
  if (other === undefined && (Type === undefined || Type === 'String')) return;
  throw new AwsError('NotImplementedException', `${other ?? Type} of a parameter is not emulated`, {
    httpStatus: 501,
  });
}

/** An advanced parameter never becomes a standard one again. */
function tierOf(
  value: string,
  wanted: sdk.ParameterTier = 'Standard',
  before: StoredParameter['tier'] = 'Standard',
): StoredParameter['tier'] {
  const bytes = Buffer.byteLength(value);
  if (bytes === 0) throw new AwsError('ValidationException', 'The value must not be empty');
  const most = wanted === 'Standard' ? STANDARD_BYTES : ADVANCED_BYTES;
  if (bytes > most)
    throw new AwsError(
      'ValidationException',
      wanted === 'Standard'
        ? 'Standard tier parameters support a maximum parameter value of 4096 characters.'
        : 'Advanced tier parameters support a maximum parameter value of 8192 characters.',
    );
  if (wanted === 'Standard' && before === 'Advanced')
    throw new AwsError(
      'ValidationException',
      'This parameter uses the advanced-parameter tier. You cannot downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.',
    );
  return wanted === 'Advanced' || before === 'Advanced' || bytes > STANDARD_BYTES
    ? 'Advanced'
    : 'Standard';
}
