import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { holderOf, isPodOf } from '#domain/workloads/lease-holder.ts';
import { hazard, ofKind, placeOf, type HazardFacts } from './hazard.ts';

/** Work that may run once only, and that the plan does not hand over (I7). */
export function runOnceHazards(facts: HazardFacts): readonly ObjectFinding[] {
  return [...unlistedLeaders(facts), ...sleepingCronJobs(facts)];
}

/** Each cluster has Leases of its own: two clusters elect two leaders. */
function unlistedLeaders(facts: HazardFacts): readonly ObjectFinding[] {
  return ofKind(facts, 'Lease').flatMap((lease) => {
    const pod = holderOf(lease);
    if (pod === null || facts.singletons.some((singleton) => isPodOf(pod, singleton))) return [];
    return [
      hazard(lease, 'leader-unlisted', 'warn', {
        title: 'a leader is elected in each cluster: two would lead at once',
        evidence: `held by ${pod.slice(pod.indexOf('/') + 1)}`,
        remedy: 'list its Deployment under `singletons.deployments`, unless two leaders do no harm',
        source: 'https://kubernetes.io/docs/concepts/architecture/leases/',
      }),
    ];
  });
}

/** Copies arrive suspended; with `cronJobs: none` nobody wakes them. */
function sleepingCronJobs(facts: HazardFacts): readonly ObjectFinding[] {
  if (facts.cronJobs === 'all') return [];
  return ofKind(facts, 'CronJob')
    .filter((cronJob) => fieldsOf(cronJob['spec'])['suspend'] !== true)
    .map((cronJob) =>
      hazard(cronJob, 'cron-job-sleeps', 'warn', {
        title: 'it arrives suspended on green, and nobody resumes it',
        evidence: `\`singletons.cronJobs\` is none, and ${placeOf(cronJob)} runs on blue`,
        remedy: 'say `cronJobs: all`, or resume it on green yourself',
        source: 'docs/glossary.md, singleton (I7)',
      }),
    );
}
