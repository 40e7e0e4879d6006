import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeTagsCommand,
  paginateDescribeRules,
  SetRulePrioritiesCommand,
  type ElasticLoadBalancingV2Client,
  type Rule,
  type TagDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';
import type { AlbPlace } from '#domain/traffic/route-place.ts';
import type { SmokeDoor } from '#activities/ports/smoke-door.ts';
import { asFailure, isNotFound } from '#activities/adapters/known-failures.ts';
import type { RuleRoute } from './alb-rules.ts';
import type { AwsClients } from './aws-clients.ts';
import { doorConditions, hostOf } from './door-conditions.ts';
import { listenerArnOf } from './load-balancer-arns.ts';
import {
  moveDown,
  moveUp,
  parseRenumbering,
  placeAbove,
  renumberingText,
  type PlacedRule,
  type Renumbering,
} from './rule-priorities.ts';

/**
 * A temporary rule above the planned one that sends whoever knows a secret header to green. It is known by its tags: the
 * migration's, the planned rule's, and how the listener's priorities were before it.
 *
 * Invariant: what must be undone is written on the door before it is done. The door is made first, at a free
 * priority where it matches nobody; only then are rules renumbered, in one atomic call that also lifts the door.
 */

/** Which planned rule a door belongs to (the rule's own id): two routes of one listener have a door each. */
const DOOR_TAG = 'cutover/smoke-door';
const RENUMBERED_TAG = 'cutover/smoke-door-renumbered';
/** Most ARNs of one DescribeTags call (ELBv2 API reference). */
const ARNS_PER_CALL = 20;
/** How often all rules are looked at before it is left to the activity's next attempt. */
const LOOKS = 4;

export function createAlbSmokeDoor({
  clients,
}: {
  readonly clients: AwsClients;
}): SmokeDoor<AlbPlace> {
  const close: SmokeDoor<AlbPlace>['close'] = (route, tags, signal) =>
    asFailure(route.ruleArn, signal, async () => {
      const { read, write } = clients.elb(route.access);
      const wanted = { ...tags, [DOOR_TAG]: ruleId(route) };
      for (const door of await findDoorsOnceStill(read, route, wanted, signal)) {
        const moves = moveUp(
          placed(await rulesOf(read, route, signal)),
          door.ruleArn,
          door.renumbered,
        );
        await setPriorities(write, moves, signal);
        await deleteRule(write, door.ruleArn, signal);
      }
    });

  const open: SmokeDoor<AlbPlace>['open'] = (route, header, tags, signal) =>
    asFailure(route.ruleArn, signal, async () => {
      await close(route, tags, signal);
      const { read, write } = clients.elb(route.access);
      const rules = await rulesOf(read, route, signal);
      const planned = rules.find(({ RuleArn }) => RuleArn === route.ruleArn);
      if (planned === undefined)
        throw new CutoverFailure('not-found', 'there is no such rule', { resource: route.ruleArn });
      const host = hostOf(planned);
      const taken = placed(rules).map(({ priority }) => priority);
      const place = placeAbove(planned.IsDefault === true ? null : Number(planned.Priority), taken);
      if (place === null)
        throw new CutoverFailure('limit-exceeded', 'the listener has no free rule priority', {
          resource: listenerArnOf(route.ruleArn),
        });
      const doorTags = {
        ...tags,
        [DOOR_TAG]: ruleId(route),
        ...(place.kind === 'renumber' ? { [RENUMBERED_TAG]: renumberingText(place) } : {}),
      };
      const { Rules } = await write.send(
        new CreateRuleCommand({
          ListenerArn: listenerArnOf(route.ruleArn),
          Priority: place.kind === 'free' ? place.priority : place.free,
          Conditions: doorConditions(planned, header),
          Actions: [{ Type: 'forward', TargetGroupArn: route.greenTargetGroupArn }],
          ...((planned.Transforms ?? []).length === 0 ? {} : { Transforms: planned.Transforms }),
          Tags: Object.entries(doorTags).map(([Key, Value]) => ({ Key, Value })),
        }),
        { abortSignal: signal },
      );
      const door = Rules?.[0]?.RuleArn;
      if (place.kind === 'renumber' && door !== undefined)
        await setPriorities(write, moveDown(placed(rules), door, place), signal);
      return { host };
    });

  return { open, close };
}

interface Door {
  readonly ruleArn: string;
  readonly renumbered: Renumbering | null;
}

/** Doors of other migrations come and go on the same listener: a look that one of them vanished from is begun anew. */
async function findDoorsOnceStill(
  ...asked: Parameters<typeof findDoors>
): Promise<readonly Door[]> {
  for (let look = 1; ; look += 1)
    try {
      return await findDoors(...asked);
    } catch (failure) {
      const isDisturbed = failure instanceof CutoverFailure && failure.type === 'conflict';
      if (!isDisturbed || look === LOOKS) throw failure;
    }
}

async function findDoors(
  client: ElasticLoadBalancingV2Client,
  route: RuleRoute,
  wanted: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly Door[]> {
  const arns = placed(await rulesOf(client, route, signal)).map(({ ruleArn }) => ruleArn);
  const doors: Door[] = [];
  for (let from = 0; from < arns.length; from += ARNS_PER_CALL) {
    const some = arns.slice(from, from + ARNS_PER_CALL);
    for (const { ResourceArn, Tags } of await readTags(client, some, signal)) {
      const tags = new Map((Tags ?? []).map(({ Key, Value }) => [Key, Value]));
      const isDoor = Object.entries(wanted).every(([key, value]) => tags.get(key) === value);
      if (!isDoor || ResourceArn === undefined) continue;
      const renumbered = parseRenumbering(tags.get(RENUMBERED_TAG) ?? '');
      doors.push({ ruleArn: ResourceArn, renumbered });
    }
  }
  return doors;
}

async function readTags(
  client: ElasticLoadBalancingV2Client,
  ruleArns: string[],
  signal: AbortSignal,
): Promise<readonly TagDescription[]> {
  try {
    const { TagDescriptions } = await client.send(
      new DescribeTagsCommand({ ResourceArns: ruleArns }),
      { abortSignal: signal },
    );
    return TagDescriptions ?? [];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CutoverFailure('conflict', 'a rule of the listener vanished while all were read', {
      resource: ruleArns.join(', '),
      cause: error,
    });
  }
}

async function rulesOf(
  client: ElasticLoadBalancingV2Client,
  route: RuleRoute,
  signal: AbortSignal,
): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  const pages = paginateDescribeRules(
    { client },
    { ListenerArn: listenerArnOf(route.ruleArn) },
    { abortSignal: signal },
  );
  for await (const { Rules } of pages) rules.push(...(Rules ?? []));
  return rules;
}

/** All rules that have a priority; a default rule has none. */
function placed(rules: readonly Rule[]): readonly PlacedRule[] {
  return rules.flatMap(({ RuleArn, Priority, IsDefault }) =>
    RuleArn === undefined || IsDefault === true
      ? []
      : [{ ruleArn: RuleArn, priority: Number(Priority) }],
  );
}

async function setPriorities(
  client: ElasticLoadBalancingV2Client,
  moves: readonly PlacedRule[],
  signal: AbortSignal,
): Promise<void> {
  if (moves.length === 0) return;
  const RulePriorities = moves.map(({ ruleArn, priority }) => ({
    RuleArn: ruleArn,
    Priority: priority,
  }));
  await client.send(new SetRulePrioritiesCommand({ RulePriorities }), { abortSignal: signal });
}

async function deleteRule(
  client: ElasticLoadBalancingV2Client,
  ruleArn: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.send(new DeleteRuleCommand({ RuleArn: ruleArn }), { abortSignal: signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function ruleId(route: RuleRoute): string {
  return route.ruleArn.split('/').at(-1) ?? route.ruleArn;
}
