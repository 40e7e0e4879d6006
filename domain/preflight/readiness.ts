import { addonFindings } from './addon-findings.ts';
import { addressFindings } from './address-room.ts';
import { admittingFindings } from './admitting-groups.ts';
import { askedFindings } from './asked-apis.ts';
import { clusterFindings } from './cluster-findings.ts';
import { ownerFindings } from './cluster-owner.ts';
import { finding, type Finding } from './finding.ts';
import { hubFindings } from './hub-findings.ts';
import { likenessFindings } from './green-likeness.ts';
import { quotaFindings } from './quotas.ts';
import { objectFindings } from './object-readiness.ts';
import { routeFindings } from './route-findings.ts';
import { selfManagedFindings } from './self-managed-findings.ts';
import { sheddingFindings } from './shedding-findings.ts';
import { trafficFindings } from './traffic-findings.ts';
import { insightFindings } from './upgrade-insights.ts';
import { supportFindings } from './version-support.ts';
import { waive } from './waivers.ts';
import { workerPlaceFindings } from './worker-place.ts';
import { workloadFindings } from './workload-findings.ts';
import type { ReadinessFacts } from './readiness-facts.ts';

/** Preflight's judgement: every finding about what was read, gathered from the files that know each subject. Pure. */

/** All findings, blocks first. */
export function judgeReadiness(facts: ReadinessFacts): readonly Finding[] {
  const findings = [
    ...clusterFindings(facts),
    ...supportFindings(facts.versions, facts.blue, facts.targetVersion),
    ...insightFindings(facts.insights, facts),
    ...askedFindings(facts.askedApis, facts.insights.found, facts),
    ...facts.routes.flatMap((route) => routeFindings(route, facts.blue.name)),
    ...trafficFindings(facts),
    ...workloadFindings(facts),
    ...sheddingFindings(facts.shedding),
    ...workerPlaceFindings(facts.isWorkerInBlue, facts.blue.name),
    ...likenessFindings(facts.shape, facts.blue.name, facts.targetVersion),
    ...addonFindings(facts.addons, facts.targetVersion),
    ...selfManagedFindings(facts.selfManaged, {
      name: facts.blue.name,
      hasNodegroups: facts.shape.nodegroups.length > 0,
    }),
    ...addressFindings(facts.addresses, facts.blue.name),
    ...quotaFindings(facts.quotas, facts.blue.name, facts.green !== null),
    ...admittingFindings(facts.admitting, facts.blue.name),
    ...ownerFindings(facts.blue.name, facts.blue.tags),
    ...capsuleFindings(facts),
    ...hubFindings(facts.hub),
    ...objectFindings(facts.objects),
  ];
  const order = ['block', 'warn', 'info'];
  return waive(findings, facts.waivers, facts.today).toSorted(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity),
  );
}

/** No weight moves before its way back is written down (I1), so the first step would wait for ever. */
function capsuleFindings({ noCapsule }: ReadinessFacts): readonly Finding[] {
  if (noCapsule === null) return [];
  const remedy = 'let the worker write there, or name another place in `rollback.capsule`';
  return [finding('capsule-place', 'block', 'rollback.capsule', noCapsule, remedy)];
}
