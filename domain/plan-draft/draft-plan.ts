/**
 * From what stands around a blue cluster to the draft of a plan: everything that can be read is filled in, everything that only people
 * know is a question where its answer belongs. Invariants: a draft with open questions is no valid plan, so that nobody
 * starts one by mistake; answered, it is one. Pure; called by `cutover init`.
 */
import { assertNever } from '#domain/assert-never.ts';
import type { FoundRoute, Inventory } from './inventory.ts';
import { UNANSWERED } from './unanswered.ts';
import { groupsOf, labelOf } from './route-groups.ts';
import { upgradeWays } from '#domain/preflight/upgrade-ways.ts';

/** A remark at a place of the plan. */
export interface DraftNote {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

export interface PlanDraft {
  /** In the plan file's own form. */
  readonly plan: Readonly<Record<string, unknown>>;
  /** What people must answer before it is a plan. */
  readonly questions: readonly DraftNote[];
  /** What they should know. */
  readonly remarks: readonly DraftNote[];
  /** Above everything: where it comes from, and which way of upgrading fits. */
  readonly heading: readonly string[];
}

export interface DraftChoice {
  /** Green's Kubernetes version. */
  readonly version: string;
  /** Green's name. */
  readonly green: string;
}

export function draftPlan(inventory: Inventory, { version, green }: DraftChoice): PlanDraft {
  const { cluster, addons, leaders, cronJobs, stateful, namespaces, unread } = inventory;
  const [routes, left] = parted(inventory.routes, isMovable);
  const groups = groupsOf(routes);
  const spec = ['spec'];
  const at = (...path: (string | number)[]): (string | number)[] => [...spec, ...path];
  return {
    plan: {
      apiVersion: 'cutover/v1',
      kind: 'ClusterMigration',
      metadata: { name: labelOf(`${cluster.name}-${version}`) },
      spec: {
        access: { default: cluster.access },
        blue: { cluster: cluster.name },
        green: { cluster: green, version, provision: { with: 'eks' } },
        addons: { choose: 'default' },
        workloads: { with: 'copy', namespaces, availableWithin: '10m' },
        singletons: { handOverAt: 100, cronJobs: 'all', deployments: leaders },
        traffic: {
          promise: { rollbackWithin: '60s', shedWithin: '5m' },
          groups: groups.map(({ name, routes: found }) => ({
            name,
            steps: [1, 5, 25, 50, 100],
            bake: '10m',
            routes: found.map(({ id, route }) => planned(id, route)),
          })),
        },
        analysis: {
          interval: '60s',
          sources: { alb: { with: 'cloudwatch-alb' } },
          guardrails: [
            { metric: 'error-rate', from: 'alb', max: '1%' },
            { metric: 'healthy-targets', from: 'alb', min: 1 },
          ],
        },
        gates: {
          shift: { approvers: [], quorum: 1, expires: '24h', onExpiry: 'reject' },
          retire: { approvers: [], quorum: 1, notRequester: true, expires: '7d', onExpiry: 'hold' },
        },
        soak: { for: '24h' },
        rollback: { green: 'keep' },
        notify: [{ with: 'log' }],
      },
    },
    questions: [
      ...(namespaces.length === 0
        ? [
            {
              path: at('workloads', 'namespaces'),
              text: 'no workloads were found: which namespaces move?',
            },
          ]
        : []),
      ...(groups.length === 0
        ? [
            {
              path: at('traffic', 'groups'),
              text: 'nothing was found that leads users to blue: where do they come in?',
            },
          ]
        : []),
      ...groups.flatMap(({ routes: found }, group) =>
        found.map(({ route }, index) => ({
          path: at('traffic', 'groups', group, 'routes', index, 'green'),
          text: `which target group is green’s? This makes one like blue’s:\n${route.twinCommand}`,
        })),
      ),
      { path: at('gates', 'shift', 'approvers'), text: 'who may let users on green?' },
      { path: at('gates', 'retire', 'approvers'), text: 'who may let blue be deleted?' },
    ],
    remarks: [
      ...(addons.length === 0
        ? []
        : [
            {
              path: at('addons'),
              text: `on blue: ${addons.map((addon) => `${addon.name} ${addon.version}`).join(', ')}`,
            },
          ]),
      ...(stateful.length === 0
        ? []
        : [
            {
              path: at('workloads'),
              text: `their data does not move with them: ${stateful.join(', ')}`,
            },
          ]),
      {
        path: at('singletons'),
        text: [
          cronJobs.length === 0 ? 'no CronJob runs' : `CronJobs: ${cronJobs.join(', ')}`,
          leaders.length === 0
            ? 'no Deployment holds a Lease; list those that consume a queue'
            : 'listed are Deployments that hold a Lease; add those that consume a queue',
        ].join('; '),
      },
      ...groups.flatMap(({ routes: found }, group) =>
        found.map(({ route }, index) => ({
          path: at('traffic', 'groups', group, 'routes', index),
          text: routeInWords(route),
        })),
      ),
      {
        path: at('analysis'),
        text: 'load balancer metrics are minutes late: with a fast source (cloudwatch or prometheus) a rollback begins within seconds',
      },
      ...left.map((route) => ({
        path: at('traffic'),
        text: `left out: ${routeInWords(route)}: ${route.obstacles.join('; ')}`,
      })),
      ...unread.map((what) => ({ path: spec, text: `could not be read: ${what}` })),
    ],
    heading: upgradeWays({
      from: cluster.version,
      to: version,
      offered: inventory.offeredVersions,
      nodegroups: inventory.nodegroups.length,
    }),
  };
}

function isMovable({ obstacles }: FoundRoute): boolean {
  return obstacles.length === 0;
}

function planned(id: string, route: FoundRoute): Readonly<Record<string, unknown>> {
  const { place, blueTargetGroupArn: blue, ingress, service } = route;
  switch (route.with) {
    case 'alb':
      return { id, with: 'alb', rule: place, blue, green: UNANSWERED };
    case 'nlb':
      return { id, with: 'nlb', listener: place, blue, green: UNANSWERED };
    case 'ingress':
      return {
        id,
        with: 'ingress',
        ingress: ingress ?? UNANSWERED,
        service: service?.split('/')[1] ?? UNANSWERED,
        green: UNANSWERED,
      };
    default:
      return assertNever(route.with);
  }
}

function routeInWords({ loadBalancer, matches, service, weightsOwner }: FoundRoute): string {
  const what = matches === '' ? 'everything else' : matches;
  const owner =
    weightsOwner === null ? '' : `; ${weightsOwner} writes it too, and must leave weights alone`;
  return `${loadBalancer.name}: ${what} → ${service ?? 'nobody known'}${owner}`;
}

function parted<Item>(
  items: readonly Item[],
  fits: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] {
  return [items.filter(fits), items.filter((item) => !fits(item))];
}
