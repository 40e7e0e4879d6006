/**
 * Tags of clusters, node groups, add-ons, access entries and Pod Identity associations, by ARN. A change is seen by readers after
 * the `tags` delay.
 * Source: docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html (at most 50 a resource)
 */
import type * as sdk from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly tags: Tags;
  set(tags: Tags): void;
}

const TAG_QUOTA = 50;

export function tagHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    ListTagsForResource: ({ resourceArn }) => ({
      tags: { ...requireTagged(state, resourceArn).tags },
    }),

    TagResource: ({ resourceArn, tags = {} }) => {
      const { tags: before } = requireTagged(state, resourceArn);
      if (Object.keys({ ...before, ...tags }).length > TAG_QUOTA) {
        throw new AwsError('BadRequestException', `A resource has at most ${TAG_QUOTA} tags`);
      }
      later(state, resourceArn, (current) => ({ ...current, ...tags }));
      return {};
    },

    UntagResource: ({ resourceArn, tagKeys = [] }) => {
      requireTagged(state, resourceArn);
      later(state, resourceArn, (current) =>
        Object.fromEntries(Object.entries(current).filter(([key]) => !tagKeys.includes(key))),
      );
      return {};
    },
  };
}

/** The resource may be gone by then. */
function later(state: EksState, arn: string | undefined, change: (tags: Tags) => Tags): void {
  state.parts.account.physics.later('tags', () => {
    const tagged = find(state, arn);
    tagged?.set(change(tagged.tags));
  });
}

function requireTagged(state: EksState, arn: string | undefined): Tagged {
  const tagged = find(state, arn);
  if (tagged === undefined)
    throw new AwsError('NotFoundException', `No resource found for ARN: ${arn}`);
  return tagged;
}

function find(state: EksState, arn: string | undefined): Tagged | undefined {
  for (const record of state.clusters.values()) {
    const tagged = findIn(record, arn);
    if (tagged !== undefined) return tagged;
  }
  return undefined;
}

function findIn(record: ClusterRecord, arn: string | undefined): Tagged | undefined {
  const { cluster } = record;
  if (cluster.arn === arn)
    return {
      tags: cluster.tags ?? {},
      set: (tags) => void (record.cluster = { ...record.cluster, tags }),
    };
  return (
    findAmong(record.nodegroups, ({ nodegroupArn }) => nodegroupArn === arn) ??
    findAmong(record.addons, ({ addonArn }) => addonArn === arn) ??
    findAmong(record.podIdentities, ({ associationArn }) => associationArn === arn) ??
    findEntry(record, arn)
  );
}

function findAmong<T extends { tags?: Record<string, string> | undefined }>(
  map: Map<string, T>,
  matches: (item: T) => boolean,
): Tagged | undefined {
  for (const [key, item] of map) {
    if (matches(item))
      return {
        tags: item.tags ?? {},
        set: (tags) => void map.set(key, { ...item, tags: { ...tags } }),
      };
  }
  return undefined;
}

function findEntry(record: ClusterRecord, arn: string | undefined): Tagged | undefined {
  for (const [key, { entry, policies }] of record.access) {
    if (entry.accessEntryArn !== arn) continue;
    return {
      tags: entry.tags ?? {},
      set: (tags) =>
        void record.access.set(key, { entry: { ...entry, tags: { ...tags } }, policies }),
    };
  }
  return undefined;
}
