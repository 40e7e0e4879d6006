/** Is the world as it should be after a migration has ended as it did? Looked at from behind the APIs, before and after. */
import { isDeepStrictEqual } from 'node:util';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { OutcomeName } from '#domain/migration/migration-state.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { SHOP_NAMESPACE_NAME } from '#sandbox/shop/manifests.ts';
import { BLUE, GREEN } from './sides.ts';
import type { LaneWorld } from './world.ts';

export interface Sight {
  /** As the load balancer has them: conditions, priorities, actions. */
  readonly rules: readonly unknown[];
  /** Status by name of each cluster that there is. */
  readonly clusters: Readonly<Record<string, string>>;
  readonly nodegroupsOfBlue: readonly string[];
  /** What blue's autoscaler may do; null where there is none. */
  readonly floor: unknown;
  /** Trust policies by role. */
  readonly trust: Readonly<Record<string, string>>;
  readonly providers: readonly string[];
  readonly singletons: { readonly blue: readonly string[]; readonly green: readonly string[] };
}

export function lookAtWorld({ aws, elbv2, light, singletons }: LaneWorld): Sight {
  const { clusters } = aws.eks;
  const autoscaler = light.clusters().includes(BLUE)
    ? light
        .cluster(BLUE)
        .get('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', SHOP_NAMESPACE_NAME)
    : undefined;
  return {
    rules: [...elbv2.world.state.rules.values()],
    clusters: Object.fromEntries(
      [...clusters].map(([name, { cluster }]) => [name, cluster.status ?? '']),
    ),
    nodegroupsOfBlue: [...(clusters.get(BLUE)?.nodegroups.keys() ?? [])],
    trust: Object.fromEntries(
      aws.account.iam.roles().map(({ name, trustPolicy }) => [name, trustPolicy]),
    ),
    providers: aws.account.iam.providers().map(({ arn }) => arn),
    floor: autoscaler === undefined ? null : fieldsOf(autoscaler['spec']),
    singletons: { blue: singletons.running(BLUE), green: singletons.running(GREEN) },
  };
}

/** What is not as it should be, in words. @param green what the plan does with it after a rollback */
export function wrongsOf(
  before: Sight,
  after: Sight,
  outcome: OutcomeName,
  green: 'keep' | 'delete',
): readonly string[] {
  const differs = (what: string, found: unknown, wanted: unknown): readonly string[] =>
    isDeepStrictEqual(found, wanted)
      ? []
      : [`${what}: ${JSON.stringify(found)}, should be ${JSON.stringify(wanted)}`];
  if (outcome === 'completed')
    return [
      ...differs('target groups with users', targetGroupsOf(after), [
        SHOP_FRONT_DOOR.greenTargetGroupArn,
      ]),
      ...differs('rules', after.rules.length, before.rules.length),
      ...differs('OIDC providers', after.providers.length, before.providers.length + 1),
      ...differs('clusters', after.clusters, { [GREEN]: 'ACTIVE' }),
      ...differs('singletons on green', after.singletons.green, before.singletons.blue),
    ];
  return [
    ...differs('rules', after.rules, before.rules),
    ...differs(
      'clusters',
      after.clusters,
      green === 'delete' ? before.clusters : { ...before.clusters, [GREEN]: 'ACTIVE' },
    ),
    ...differs("blue's node groups", after.nodegroupsOfBlue, before.nodegroupsOfBlue),
    ...differs("blue's autoscaler", after.floor, before.floor),
    ...differs('trust policies', after.trust, before.trust),
    ...differs('OIDC providers', after.providers, before.providers),
    ...differs('singletons on blue', after.singletons.blue, before.singletons.blue),
    ...differs('singletons on green', after.singletons.green, []),
  ];
}

/** Those that the shop's rule forwards to with a weight, in order. */
function targetGroupsOf({ rules }: Sight): readonly string[] {
  const rule = rules.map(fieldsOf).find(({ arn }) => arn === SHOP_FRONT_DOOR.ruleArn);
  const actions: readonly unknown[] = Array.isArray(rule?.['actions']) ? rule['actions'] : [];
  return actions
    .map(fieldsOf)
    .flatMap((action) => {
      const { TargetGroups } = fieldsOf(action['ForwardConfig']);
      const groups: readonly unknown[] = Array.isArray(TargetGroups) ? TargetGroups : [];
      return groups.length > 0
        ? groups.map(fieldsOf)
        : [{ TargetGroupArn: action['TargetGroupArn'], Weight: 1 }];
    })
    .filter(({ Weight }) => Weight !== 0)
    .map(({ TargetGroupArn }) => String(TargetGroupArn));
}
