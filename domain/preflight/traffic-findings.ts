import { finding, type Finding } from './finding.ts';
import type { ReadinessFacts } from './readiness-facts.ts';
import { bakeFindings, lagFindings } from './source-findings.ts';

/** Can a step be proven by what the sources of the plan show? A part of `readiness.ts`. */
export function trafficFindings(facts: ReadinessFacts): readonly Finding[] {
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
