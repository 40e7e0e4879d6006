/**
 * Access entries: which IAM principal is who in the cluster. The creator gets one unless declined, node groups get theirs by
 * themselves. In CONFIG_MAP mode there are none, and the API for them is refused.
 * Sources: docs.aws.amazon.com/eks/latest/userguide/access-entries.html, …/creating-access-entries.html
 */
import type * as sdk from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { CLUSTER_ADMIN_POLICY, policyManifests } from './access-policies.ts';
import type { AccessRecord, ClusterRecord, EksState } from './eks-state.ts';
import { page } from './pages.ts';

const PRINCIPAL = /^arn:aws:iam::\d{12}:(role|user)\/.+$/;
const RESERVED_PREFIX = /^(system|eks|aws|amazon|iam):/;

export function accessEntryHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    CreateAccessEntry: (input) => {
      const { clusterName = '', principalArn = '' } = input;
      const record = requireApiMode(state.require(clusterName));
      if (state.tokens.isReplay('CreateAccessEntry', input))
        return { accessEntry: requireEntry(record, principalArn).entry };
      if (record.access.has(principalArn)) {
        const what = 'The specified access entry resource is already in use on this cluster.';
        throw new AwsError('ResourceInUseException', what, { fields: { clusterName } });
      }
      validateEntry(input);
      const entry = newEntry(state, record, input);
      record.access.set(principalArn, { entry, policies: new Map() });
      state.tokens.remember('CreateAccessEntry', input, `${clusterName}/access/${principalArn}`);
      return { accessEntry: entry };
    },

    DescribeAccessEntry: ({ clusterName, principalArn }) => ({
      accessEntry: requireEntry(requireApiMode(state.require(clusterName)), principalArn).entry,
    }),

    ListAccessEntries: (input) => {
      const record = requireApiMode(state.require(input.clusterName));
      const principals = [...record.access]
        .filter(
          ([, { policies }]) =>
            input.associatedPolicyArn === undefined || policies.has(input.associatedPolicyArn),
        )
        .map(([principalArn]) => principalArn);
      const { items, nextToken } = page(principals.sort(), input);
      return { accessEntries: items, nextToken };
    },

    UpdateAccessEntry: (input) => {
      const record = requireApiMode(state.require(input.clusterName));
      const known = requireEntry(record, input.principalArn);
      validateEntry({ ...input, type: known.entry.type });
      const entry = {
        ...known.entry,
        kubernetesGroups: input.kubernetesGroups ?? known.entry.kubernetesGroups,
        username: input.username ?? known.entry.username,
        modifiedAt: state.now(),
      };
      record.access.set(input.principalArn ?? '', { ...known, entry });
      return { accessEntry: entry };
    },

    DeleteAccessEntry: async ({ clusterName = '', principalArn = '' }) => {
      const record = requireApiMode(state.require(clusterName));
      const { policies } = requireEntry(record, principalArn);
      record.access.delete(principalArn);
      state.tokens.forget(`${clusterName}/access/${principalArn}`);
      for (const [policyArn, { accessScope }] of policies) {
        await state.parts.backend.remove(
          clusterName,
          policyManifests(principalArn, policyArn, accessScope ?? {}),
        );
      }
      return {};
    },
  };
}

/** CONFIG_MAP clusters have no access entry API. */
export function requireApiMode(record: ClusterRecord): ClusterRecord {
  if (record.cluster.accessConfig?.authenticationMode !== 'CONFIG_MAP') return record;
  const what =
    "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.";
  throw new AwsError('InvalidRequestException', what, {
    fields: { clusterName: record.cluster.name },
  });
}

/** Throws `ResourceNotFoundException`. */
export function requireEntry(
  record: ClusterRecord,
  principalArn: string | undefined,
): AccessRecord {
  const known = record.access.get(principalArn ?? '');
  if (known !== undefined) return known;
  const what = `The specified principalArn could not be found: ${principalArn}`;
  throw new AwsError('ResourceNotFoundException', what, {
    fields: { clusterName: record.cluster.name },
  });
}

/** The creator becomes cluster admin, when the cluster wants that. */
export async function admitCreator(state: EksState, record: ClusterRecord): Promise<void> {
  const { creatorArn, cluster } = record;
  if (cluster.accessConfig?.bootstrapClusterCreatorAdminPermissions !== true) return;
  const scope: sdk.AccessScope = { type: 'cluster', namespaces: [] };
  await state.parts.backend.apply(
    cluster.name ?? '',
    policyManifests(creatorArn, CLUSTER_ADMIN_POLICY, scope),
  );
  const at = state.now();
  const policy = {
    policyArn: CLUSTER_ADMIN_POLICY,
    accessScope: scope,
    associatedAt: at,
    modifiedAt: at,
  };
  record.access.set(creatorArn, {
    entry: newEntry(state, record, { clusterName: cluster.name, principalArn: creatorArn }),
    policies: new Map([[CLUSTER_ADMIN_POLICY, policy]]),
  });
}

/** EKS makes the entry of a node group's role by itself. */
export function admitNodes(state: EksState, record: ClusterRecord, nodeRoleArn: string): void {
  if (
    record.cluster.accessConfig?.authenticationMode === 'CONFIG_MAP' ||
    record.access.has(nodeRoleArn)
  )
    return;
  const input = { clusterName: record.cluster.name, principalArn: nodeRoleArn, type: 'EC2_LINUX' };
  record.access.set(nodeRoleArn, { entry: newEntry(state, record, input), policies: new Map() });
}

function newEntry(
  state: EksState,
  record: ClusterRecord,
  input: sdk.CreateAccessEntryCommandInput,
): sdk.AccessEntry {
  const { principalArn = '', type = 'STANDARD' } = input;
  const { name: clusterName = '' } = record.cluster;
  const [, kind = '', name = ''] = /:(role|user)\/(.+)$/.exec(principalArn) ?? [];
  const { account } = state.parts;
  const isNode = type !== 'STANDARD';
  const session = `arn:aws:sts::${account.accountId}:assumed-role/${name.split('/').at(-1)}/{{SessionName}}`;
  return {
    clusterName,
    principalArn,
    kubernetesGroups: isNode ? ['system:nodes'] : [...(input.kubernetesGroups ?? [])],
    accessEntryArn: state.arn(
      'access-entry',
      `${clusterName}/${kind}/${account.accountId}/${name}/${account.random.uuid()}`,
    ),
    createdAt: state.now(),
    modifiedAt: state.now(),
    tags: { ...input.tags },
    username: isNode
      ? 'system:node:{{EC2PrivateDNSName}}'
      : (input.username ?? (kind === 'role' ? session : principalArn)),
    type,
  };
}

interface EntryWishes {
  readonly principalArn?: string | undefined;
  readonly kubernetesGroups?: readonly string[] | undefined;
  readonly username?: string | undefined;
  readonly type?: string | undefined;
}

function validateEntry({
  principalArn = '',
  kubernetesGroups = [],
  username,
  type = 'STANDARD',
}: EntryWishes): void {
  const refuse = (message: string): never => {
    throw new AwsError('InvalidParameterException', message);
  };
  if (!PRINCIPAL.test(principalArn)) refuse('The principalArn parameter format is not valid');
  const reserved = kubernetesGroups.find((group) => RESERVED_PREFIX.test(group));
  if (reserved !== undefined)
    refuse(
      `The kubernetes group name ${reserved} is invalid, it cannot start with a reserved prefix`,
    );
  if (username !== undefined && RESERVED_PREFIX.test(username)) {
    refuse(`The username ${username} is invalid, it cannot start with a reserved prefix`);
  }
  if (type !== 'STANDARD' && (kubernetesGroups.length > 0 || username !== undefined)) {
    refuse(`Entries of type ${type} take neither groups nor a username`);
  }
}
