import type { Scenario } from '../scenario.ts';

const LEAST_REQUESTS = 20_000;
const MOST_EVENTS = 600;

/** The default plan, and everything goes well. */
export const completed: Scenario = {
  name: 'completed',
  tells:
    'A live shop moves from Kubernetes 1.34 to 1.36 while users keep buying, and its old cluster is removed.',
  exitCode: 0,
  prepare: () => Promise.resolve(),
  decide: () => 'approve',
  check: ({ traffic, blue, green, historyEvents }) => [
    ...(traffic.failed === 0
      ? []
      : [
          `${traffic.failed} requests failed: ${JSON.stringify({ ...traffic.statuses, ...traffic.unanswered })}`,
        ]),
    ...(traffic.requests >= LEAST_REQUESTS ? [] : [`only ${traffic.requests} requests were made`]),
    ...(traffic.greenAtWeightZero === 0
      ? []
      : [`${traffic.greenAtWeightZero} users met green at weight 0`]),
    ...(blue.exists ? ['blue still exists'] : []),
    ...(green.exists ? [] : ['green does not exist']),
    ...(historyEvents <= MOST_EVENTS ? [] : [`${historyEvents} history events`]),
  ],
};
