import { addressFindings, type AddressFacts } from './address-room.ts';
import { compareVersions } from './addon-versions.ts';
import { assertNever } from './assert-never.ts';
import type { ObjectFinding } from './api-removals/object-finding.ts';
import { finding, type Finding } from './finding.ts';
import { hubFindings, type HubFacts } from './hub-findings.ts';
import { likenessFindings, type BlueShape } from './green-likeness.ts';
import type { ObjectOwner } from './object-owner.ts';
import { objectFindings } from './object-readiness.ts';
import type { RouterKind } from './resolved.ts';
import { bakeFindings, lagFindings, type Bake, type SourceLag } from './source-findings.ts';
import { ownershipFindings } from './route-ownership.ts';
import type { WeightsField, WeightsOwner } from './weights-owner.ts';
import { sheddingFindings, type SheddingFacts } from './shedding-findings.ts';
import { waive, type Waiver } from './waivers.ts';
import { workerPlaceFindings } from './worker-place.ts';
import { workloadFindings } from './workload-findings.ts';

/** Preflight's judgement: every finding about what was read, gathered from the files that know each subject. Pure. */

/** Everything preflight read, in the words of the judgement. */
export interface ReadinessFacts {
  readonly blue: {
    readonly name: string;
    readonly version: string;
    readonly status: string;
    readonly issues: readonly string[];
  };
  readonly targetVersion: string;
  readonly offeredVersions: readonly string[];
  readonly insights: readonly {
    readonly name: string;
    readonly kubernetesVersion: string;
    readonly status: 'PASSING' | 'WARNING' | 'ERROR' | 'UNKNOWN';
    readonly reason: string;
  }[];
  /** A cluster that has green's name already; null when the name is free. */
  readonly green: { readonly name: string; readonly ours: boolean } | null;
  readonly routes: readonly {
    readonly id: string;
    readonly with: RouterKind;
    /** The cluster, other than blue, that holds the object with the weights; absent where none does. */
    readonly heldBy?: object;
    readonly blueTargetGroupArn: string;
    readonly greenTargetGroupArn: string;
    readonly loadBalancerArn: string;
    readonly ownedByCluster: string | null;
    /** Who else writes the object that holds the weights (I15); null: nobody is known. */
    readonly owner: ObjectOwner | null;
    /** Whose files hold the weights too, and how they call them; absent where no tag tells. */
    readonly owned?: { readonly by: WeightsOwner; readonly as: WeightsField };
    /** Green's share now, percent; null where green is not on it. */
    readonly greenPercent: number | null;
    /** How long a session sticks to a side, seconds; null where it does not. */
    readonly stickySeconds: number | null;
    readonly bakeSeconds: number;
    /** The plan says that sessions may outlast the bake. */
    readonly acceptsSticky: boolean;
    readonly healthy: number;
    readonly total: number;
  }[];
  readonly requestsPerSecond: number;
  /** How late each source is, measured on blue. */
  readonly lags: readonly SourceLag[];
  readonly missingDataSeconds: number;
  /** Of the groups that are proven by counting requests. */
  readonly bakes: readonly Bake[];
  /** Can a source of the plan tell each group's share? */
  readonly sharesAreVisible: boolean;
  /** Routes of which nothing can tell whether users follow the weights, with the reason. */
  readonly askedOfPeople: readonly { readonly routeIds: readonly string[]; readonly why: string }[];
  readonly namespaces: readonly {
    readonly name: string;
    readonly exists: boolean;
    readonly deployments: number;
  }[];
  /** `namespace/name` of listed singletons that blue does not have. */
  readonly missingSingletons: readonly string[];
  /** Floors of blue's autoscalers that somebody else owns: who, and what they would have to write. */
  readonly floorsLeftAlone: readonly string[];
  readonly addresses: AddressFacts;
  readonly shape: BlueShape;
  readonly isWorkerInBlue: boolean;
  /** Of blue's own objects, on the way to the target. */
  readonly objects: readonly ObjectFinding[];
  readonly waivers: readonly Waiver[];
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
  readonly shedding: SheddingFacts;
  /** Why the rollback cannot be written down where the plan wants it; null: it can. */
  readonly noCapsule: string | null;
  /** The hub that is to make green; null where EKS is asked itself. */
  readonly hub: HubFacts | null;
}

/** All findings, blocks first. */
export function judgeReadiness(facts: ReadinessFacts): readonly Finding[] {
  const findings = [
    ...blueFindings(facts),
    ...targetFindings(facts),
    ...greenFindings(facts),
    ...facts.routes.flatMap((route) => routeFindings(route, facts.blue.name)),
    ...trafficFindings(facts),
    ...workloadFindings(facts),
    ...sheddingFindings(facts.shedding),
    ...workerPlaceFindings(facts.isWorkerInBlue, facts.blue.name),
    ...likenessFindings(facts.shape, facts.blue.name, facts.targetVersion),
    ...addressFindings(facts.addresses, facts.blue.name),
    ...capsuleFindings(facts),
    ...hubFindings(facts.hub),
    ...objectFindings(facts.objects),
  ];
  const order = ['block', 'warn', 'info'];
  return waive(findings, facts.waivers, facts.today).toSorted(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity),
  );
}

function blueFindings({ blue }: ReadinessFacts): readonly Finding[] {
  const issues = blue.issues.map((issue): Finding => {
    const remedy = 'mend it first: a blue that fails now cannot take users back';
    return finding('blue-health-issue', 'warn', blue.name, `EKS reports ${issue}`, remedy);
  });
  if (blue.status === 'ACTIVE') return issues;
  const remedy = 'wait until it is ACTIVE, then start again';
  return [
    finding('blue-not-active', 'block', blue.name, `blue is ${blue.status}`, remedy),
    ...issues,
  ];
}

function targetFindings(facts: ReadinessFacts): readonly Finding[] {
  const { blue, targetVersion } = facts;
  const findings: Finding[] = [];
  if (!facts.offeredVersions.includes(targetVersion))
    findings.push(
      finding(
        'target-not-offered',
        'block',
        targetVersion,
        `EKS does not offer Kubernetes ${targetVersion}`,
        `choose one of ${facts.offeredVersions.join(', ')}`,
      ),
    );
  const order = compareVersions(targetVersion, blue.version);
  if (order < 0)
    findings.push(
      finding(
        'target-not-newer',
        'block',
        targetVersion,
        `the target ${targetVersion} is older than blue's ${blue.version}`,
        'choose a version that is not older than blue',
      ),
    );
  else if (order === 0)
    findings.push(
      finding(
        'target-not-newer',
        'info',
        targetVersion,
        `the target is blue's own version ${blue.version}`,
        'nothing, if a rebuild is what you want',
      ),
    );
  return [...findings, ...facts.insights.flatMap((insight) => insightFindings(insight, facts))];
}

/** Only what lies on the way from blue's version to the target matters. */
function insightFindings(
  insight: ReadinessFacts['insights'][number],
  { blue, targetVersion }: ReadinessFacts,
): readonly Finding[] {
  const onTheWay =
    compareVersions(insight.kubernetesVersion, blue.version) > 0 &&
    compareVersions(insight.kubernetesVersion, targetVersion) <= 0;
  if (!onTheWay || insight.status === 'PASSING') return [];
  const title = `${insight.name} (${insight.kubernetesVersion}): ${insight.reason}`;
  switch (insight.status) {
    case 'ERROR':
      return [finding('insight-error', 'block', blue.name, title, 'mend what the insight names')];
    case 'WARNING':
      return [
        finding('insight-warning', 'warn', blue.name, title, 'read the insight before you approve'),
      ];
    case 'UNKNOWN':
      return [
        finding('insight-unknown', 'warn', blue.name, title, 'EKS could not tell: look yourself'),
      ];
    default:
      return assertNever(insight.status);
  }
}

function greenFindings({ green }: ReadinessFacts): readonly Finding[] {
  if (green === null) return [];
  return green.ours
    ? [
        finding(
          'green-adopted',
          'info',
          green.name,
          'green exists from an earlier attempt of this migration and is used',
          'delete it first if you want a fresh one',
        ),
      ]
    : [
        finding(
          'green-name-taken',
          'block',
          green.name,
          'a cluster of this name exists and is not of this migration',
          'choose another name for green',
        ),
      ];
}

function routeFindings(
  route: ReadinessFacts['routes'][number],
  blueName: string,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (route.blueTargetGroupArn === route.greenTargetGroupArn)
    findings.push(
      finding(
        'same-target-group',
        'block',
        route.blueTargetGroupArn,
        `route ${route.id} has one target group for both colours`,
        'give green a target group of its own',
      ),
    );
  findings.push(...ownershipFindings(route, blueName));
  if ((route.greenPercent ?? 0) > 0)
    findings.push(
      finding(
        'users-on-green',
        'block',
        route.id,
        `green has ${route.greenPercent} % of route ${route.id} already: a rollback would leave it as it is now, with users on green`,
        'bring the route to blue first; `cutover doctor --orphans PLAN` prints the commands',
      ),
    );
  if (route.stickySeconds !== null && route.stickySeconds > route.bakeSeconds)
    findings.push(
      finding(
        'sticky-outlasts-bake',
        route.acceptsSticky ? 'warn' : 'block',
        route.id,
        `sessions of route ${route.id} stick for ${route.stickySeconds} s, longer than its bake of ${route.bakeSeconds} s: no step would be seen whole`,
        'make the bake longer or the stickiness shorter, or say `acceptSticky: true` on the route',
      ),
    );
  if (route.healthy === 0)
    findings.push(
      finding(
        'blue-unhealthy-targets',
        'block',
        route.blueTargetGroupArn,
        `blue has no healthy target on route ${route.id}: there would be nothing to go back to`,
        'bring blue into health first',
      ),
    );
  else if (route.healthy < route.total)
    findings.push(
      finding(
        'blue-unhealthy-targets',
        'warn',
        route.blueTargetGroupArn,
        `blue has ${route.healthy} of ${route.total} targets healthy on route ${route.id}`,
        'look at the unhealthy targets before you approve',
      ),
    );
  return findings;
}

/** No weight moves before its way back is written down (I1), so the first step would wait for ever. */
function capsuleFindings({ noCapsule }: ReadinessFacts): readonly Finding[] {
  if (noCapsule === null) return [];
  const remedy = 'let the worker write there, or name another place in `rollback.capsule`';
  return [finding('capsule-place', 'block', 'rollback.capsule', noCapsule, remedy)];
}

function trafficFindings(facts: ReadinessFacts): readonly Finding[] {
  return [
    ...askedFindings(facts),
    ...requestFindings(facts),
    ...lagFindings(facts.lags, facts.missingDataSeconds),
    ...bakeFindings(facts.bakes, facts.requestsPerSecond),
  ];
}

function askedFindings({ askedOfPeople }: ReadinessFacts): readonly Finding[] {
  return askedOfPeople.map(({ routeIds, why }) => {
    const routes = routeIds.join(', ');
    const title = `at every step a person is asked whether users follow the weights of ${routes}: ${why}`;
    const remedy =
      'be there at every step, or let the pods publish a count and name its source: new connections as `flows` of an nlb route, requests as `requests` of a gateway route';
    return finding('no-truth-source', 'warn', routes, title, remedy);
  });
}

function requestFindings(facts: ReadinessFacts): readonly Finding[] {
  if (!facts.sharesAreVisible)
    return [
      finding(
        'truth-source-too-coarse',
        'block',
        'analysis.sources',
        'groups move apart, but every source counts all routes together: no step could be proven',
        'add a cloudwatch-alb source to the plan, or move all routes in one group',
      ),
    ];
  if (facts.requestsPerSecond > 0) return [];
  const title = 'the truth source shows no request of blue';
  const remedy = 'check the source in the plan: without requests no step can be proven';
  return [finding('no-traffic', 'warn', facts.blue.name, title, remedy)];
}
