/**
 * Tags of all resources. Tags given at creation are there at once; changed ones are seen a moment later, as in AWS.
 * Source: docs elasticloadbalancing/latest/APIReference/API_AddTags.html (limits and errors)
 */
import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import type { Elbv2State } from './elbv2-state.ts';
import type { Elbv2World } from './elbv2-world.ts';

const TAGS_PER_RESOURCE = 50;

/** @throws AwsError DuplicateTagKeys, TooManyTags */
export function checkedTags(tags: readonly Tag[] = []): ReadonlyMap<string, string> {
  const map = new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  if (map.size < tags.length) {
    throw new AwsError('DuplicateTagKeysException', 'The tag keys must be unique');
  }
  checkCount(map);
  return map;
}

export function tagHandlers(world: Elbv2World): OperationHandlers<typeof sdk> {
  const { state } = world;
  const change = (
    arn: string,
    next: (now: ReadonlyMap<string, string>) => Map<string, string>,
  ): void => {
    checkCount(next(tagsOf(state, arn)));
    world.account.physics.later('tags', () => {
      // Whatever else changed meanwhile stays; a resource that is gone gets no tags.
      if (exists(state, arn)) state.tags.set(arn, next(tagsOf(state, arn)));
    });
  };

  return {
    AddTags: ({ ResourceArns = [], Tags }, call) => {
      world.takeMutation(call);
      const added = checkedTags(Tags);
      for (const arn of ResourceArns) requireResource(state, arn);
      for (const arn of ResourceArns) change(arn, (now) => new Map([...now, ...added]));
      return {};
    },
    RemoveTags: ({ ResourceArns = [], TagKeys = [] }, call) => {
      world.takeMutation(call);
      for (const arn of ResourceArns) requireResource(state, arn);
      for (const arn of ResourceArns) {
        change(arn, (now) => new Map([...now].filter(([key]) => !TagKeys.includes(key))));
      }
      return {};
    },
    DescribeTags: ({ ResourceArns = [] }) => {
      if (ResourceArns.length > 20) {
        throw new AwsError('ValidationError', 'At most 20 resources can be asked for at once');
      }
      for (const arn of ResourceArns) requireResource(state, arn);
      return {
        TagDescriptions: ResourceArns.map((arn) => ({
          ResourceArn: arn,
          Tags: [...tagsOf(state, arn)].map(([Key, Value]) => ({ Key, Value })),
        })),
      };
    },
  };
}

function tagsOf(state: Elbv2State, arn: string): ReadonlyMap<string, string> {
  return state.tags.get(arn) ?? new Map<string, string>();
}

function checkCount(tags: ReadonlyMap<string, string>): void {
  if (tags.size > TAGS_PER_RESOURCE) {
    throw new AwsError('TooManyTagsException', 'You have reached the limit on tags per resource');
  }
}

/** @throws AwsError with the not-found code of the ARN's kind. */
function requireResource(state: Elbv2State, arn: string): void {
  if (arn.includes(':loadbalancer/')) state.loadBalancer(arn);
  else if (arn.includes(':targetgroup/')) state.targetGroup(arn);
  else if (arn.includes(':listener-rule/')) state.rule(arn);
  else if (arn.includes(':listener/')) state.listener(arn);
  else throw new AwsError('ValidationError', `'${arn}' is not a valid resource ARN`);
}

function exists(state: Elbv2State, arn: string): boolean {
  return [state.loadBalancers, state.targetGroups, state.rules, state.listeners].some((records) =>
    records.has(arn),
  );
}
