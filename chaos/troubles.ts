/**
 * What befalls a migration besides the death of its workers: the network between a worker and everything it talks to, a Temporal server
 * that is killed, and every call of AWS and Kubernetes refused, stalled or cut once. Each is a named case with a story of its
 * own, whose ending must be the story's all the same.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { assertNever } from '#domain/assert-never.ts';
import type { FaultEffect, FaultRule } from '#sandbox/aws/core/faults.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import type { StoryName } from './stories.ts';
import type { Trouble as WireTrouble, Wire } from './wire.ts';
import type { LaneWorld } from './world.ts';

interface Scene {
  readonly world: LaneWorld;
  /** Between the worker and Temporal. */
  readonly temporalWire: Wire;
  readonly temporal: { kill(): Promise<void>; start(): Promise<void> };
  /** Resolves false when the migration has ended before. */
  readonly arrives: (fits: (view: StatusView) => boolean) => Promise<boolean>;
}

export interface Trouble {
  readonly name: string;
  readonly story: StoryName;
  /** Does it take the server away from everybody on it? */
  readonly ownTemporal: boolean;
  /** Begins with the migration. Returns what did not happen as it was meant, in words. */
  strike(scene: Scene): Promise<readonly string[]>;
}

/** Far below a plan's `missingData`, longer than any call may take. */
const AWAY_MS = 12_000;
/** Into the middle of an answer, behind a TLS handshake. */
const CUT_AFTER_BYTES = 2_000;
/** Where it strikes, if the migration comes there. */
const PLACES = ['provision', 'workloads', 'shift', 'rolling-back'] as const;

const WIRES = ['AWS', 'Kubernetes', 'Temporal'] as const;
const NETWORKS = [
  ['refuses connections', { kind: 'refused' }],
  ['hangs', { kind: 'hung' }],
  ['is cut in the middle of its answers', { kind: 'cut', afterBytes: CUT_AFTER_BYTES }],
] as const satisfies readonly (readonly [string, WireTrouble])[];

/** Its role, as both audits have it. */
const ENGINE = 'cutover-engine';

/** A call each, by service and operation, that the engine makes on its way through the two stories. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  eks: [
    'DescribeCluster',
    'CreateCluster',
    'DeleteCluster',
    'UpdateClusterConfig',
    'DescribeUpdate',
    'ListNodegroups',
    'DescribeNodegroup',
    'CreateNodegroup',
    'DeleteNodegroup',
    'ListAddons',
    'DescribeAddon',
    'CreateAddon',
    'DescribeAddonVersions',
    'DescribeClusterVersions',
    'ListClusters',
    'ListInsights',
    'DescribeInsight',
    'ListAccessEntries',
    'DescribeAccessEntry',
    'CreateAccessEntry',
    'ListAssociatedAccessPolicies',
    'AssociateAccessPolicy',
    'ListPodIdentityAssociations',
    'DescribePodIdentityAssociation',
    'CreatePodIdentityAssociation',
  ],
  elasticloadbalancing: [
    'DescribeRules',
    'DescribeListeners',
    'DescribeLoadBalancers',
    'DescribeTargetGroups',
    'DescribeTargetGroupAttributes',
    'DescribeLoadBalancerAttributes',
    'DescribeTargetHealth',
    'DescribeTags',
    'CreateRule',
    'DeleteRule',
    'ModifyRule',
    'SetRulePriorities',
    'DeregisterTargets',
  ],
  ec2: ['DescribeSubnets', 'DescribeSecurityGroups', 'DescribeInstanceTypes'],
  servicequotas: ['GetServiceQuota'],
  monitoring: ['GetMetricData'],
  iam: [
    'GetRole',
    'UpdateAssumeRolePolicy',
    'GetOpenIDConnectProvider',
    'CreateOpenIDConnectProvider',
    'DeleteOpenIDConnectProvider',
    'ListOpenIDConnectProviders',
  ],
  sts: ['GetCallerIdentity', 'AssumeRoleWithWebIdentity'],
};

const OBJECT_CALLS = [
  'list deployments',
  'list cronjobs',
  'list jobs',
  'list pods',
  'list nodes',
  'list services',
  'list serviceaccounts',
  'list configmaps',
  'list secrets',
  'list roles',
  'list rolebindings',
  'list horizontalpodautoscalers',
  'list poddisruptionbudgets',
  'list networkpolicies',
  'list resourcequotas',
  'list limitranges',
  'list targetgroupbindings',
  'list namespaces',
  'list statefulsets',
  'list daemonsets',
  'list ingresses',
  'list ingressclasses',
  'list endpoints',
  'list endpointslices',
  'list leases',
  'list storageclasses',
  'list priorityclasses',
  'list persistentvolumes',
  'list persistentvolumeclaims',
  'list customresourcedefinitions',
  'list validatingwebhookconfigurations',
  'list mutatingwebhookconfigurations',
  'get metrics',
  'get namespaces',
  'get serviceaccounts',
  'create serviceaccounts/token',
  'get nodes',
  'get deployments',
  'get cronjobs',
  'get customresourcedefinitions',
  'apply namespaces',
  'apply deployments',
  'apply cronjobs',
  'apply services',
  'apply serviceaccounts',
  'apply configmaps',
  'apply secrets',
  'apply roles',
  'apply rolebindings',
  'apply horizontalpodautoscalers',
  'apply poddisruptionbudgets',
  'apply targetgroupbindings',
  'apply customresourcedefinitions',
  'apply jobs',
  'patch cronjobs',
  'patch deployments',
  'patch horizontalpodautoscalers',
  'patch nodes',
  'delete targetgroupbindings',
  'delete jobs',
  'delete deployments',
  'delete services',
  'delete namespaces',
];

const EFFECTS = [
  ['throttled', { kind: 'throttle' }],
  ['answered with 500', { kind: 'error', code: 'InternalFailure', status: 500 }],
  ['never answered', { kind: 'hang', moment: 'before' }],
  ['done and never answered', { kind: 'reset', moment: 'after' }],
  ['answered by half', { kind: 'truncate' }],
] as const satisfies readonly (readonly [string, FaultEffect])[];

/** The longer story makes more calls than one migration has patience for, each of them answered at its second asking half a minute later. */
const TURNS = [
  { story: 'completed', turn: 1, of: 2 },
  { story: 'completed', turn: 2, of: 2 },
  { story: 'bad green', turn: 1, of: 1 },
] as const;

export const TROUBLES: readonly Trouble[] = [
  ...WIRES.flatMap((wire) =>
    NETWORKS.map(([what, trouble]): Trouble => {
      return {
        name: `${wire} ${what}`,
        story: 'bad green',
        ownTemporal: false,
        strike: (scene) => cutOff(scene, wireOf(scene, wire), trouble),
      };
    }),
  ),
  {
    name: 'Temporal is killed and started again',
    story: 'bad green',
    ownTemporal: true,
    strike: async ({ temporal, arrives }) => {
      for (const place of PLACES) {
        if (!(await arrives(({ activity }) => activity === place))) break;
        await temporal.kill();
        await delay(AWAY_MS / 4);
        await temporal.start();
      }
      return [];
    },
  },
  ...EFFECTS.flatMap(([what, effect]) =>
    TURNS.map(({ story, turn, of }): Trouble => {
      const turns = of === 1 ? '' : `, ${turn} of ${of}`;
      return {
        name: `every call is ${what} once (${story})${turns}`,
        story,
        ownTemporal: false,
        strike: async ({ world, arrives }) => {
          // What is copied to green is copied in either story: struck in one of them.
          const isCopied = story === 'completed' ? never : isCopying;
          const rules = rulesFor(effect).filter((rule) => !isCopied(rule));
          const ours = rules.filter((_, index) => index % of === turn - 1);
          for (const rule of ours)
            (rule.service === 'kubernetes' ? world.light.faults : world.aws.faults).add(rule);
          await arrives(() => false);
          const others = new Set(rules.filter((rule) => !ours.includes(rule)).map(nameOfCall));
          return unstruck(world)
            .filter((call) => !isCopied(call) && !others.has(nameOfCall(call)))
            .map((call) => `${nameOfCall(call)} was never struck`);
        },
      };
    }),
  ),
];

function wireOf({ world, temporalWire }: Scene, wire: (typeof WIRES)[number]): Wire {
  switch (wire) {
    case 'AWS':
      return world.wires.aws();
    case 'Kubernetes':
      return world.wires.kubernetes();
    case 'Temporal':
      return temporalWire;
    default:
      return assertNever(wire);
  }
}

async function cutOff(
  { arrives }: Scene,
  wire: Wire,
  trouble: WireTrouble,
): Promise<readonly string[]> {
  for (const place of PLACES) {
    if (!(await arrives(({ activity }) => activity === place))) break;
    wire.set(trouble);
    await delay(AWAY_MS);
    wire.set({ kind: 'none' });
  }
  return wire.struck > 0 ? [] : ['nothing came over the wire while it was cut'];
}

/** Others of the account and of its clusters call too; the one that is struck is the engine. */
function rulesFor(effect: FaultEffect): readonly (FaultRule & { readonly operation: string })[] {
  return Object.entries({ ...CALLS, kubernetes: OBJECT_CALLS }).flatMap(([service, operations]) =>
    operations.map((operation) => ({ service, operation, caller: ENGINE, times: 1, effect })),
  );
}

interface Call {
  readonly service: string;
  readonly operation: string;
}

function isCopying({ operation }: { readonly operation: string }): boolean {
  return operation.startsWith('apply ') || operation.startsWith('list ');
}

function never(): boolean {
  return false;
}

function nameOfCall({
  service = '',
  operation,
}: Pick<FaultRule, 'service'> & { readonly operation: string }): string {
  return `${service} ${operation}`;
}

/** Calls that the engine made, and every time in peace: the lists above have to know them. */
function unstruck({ aws, light }: LaneWorld): readonly Call[] {
  const calls = new Map<string, Call & { readonly wasStruck: boolean }>();
  for (const entry of [...aws.audit.entries(), ...light.audit.entries()]) {
    const { principalArn, service, operation, result } = entry;
    if (!principalArn.includes(ENGINE)) continue;
    const key = `${service} ${operation}`;
    const wasStruck = calls.get(key)?.wasStruck === true || result.kind !== 'ok';
    calls.set(key, { service, operation, wasStruck });
  }
  return [...calls.values()].filter(({ wasStruck }) => !wasStruck);
}
