/**
 * What moves: the workloads, the singletons among them, and the questions green must answer before any user meets it.
 * Called by `schema.ts`.
 */
import { z } from 'zod';
import { count, label, listOf, providerError, seconds, text, wholePercent } from './fields.ts';

/** Namespaces that belong to Kubernetes itself ("Initial namespaces", Kubernetes documentation). */
const SYSTEM_NAMESPACES: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

export const namespaceField = label('a namespace').refine(
  (name) => !SYSTEM_NAMESPACES.includes(name),
  {
    error: `a namespace of your own, not ${SYSTEM_NAMESPACES.join(', ')}`,
  },
);

const copy = z
  .strictObject({
    with: z.literal('copy').describe('Reads the objects from blue and writes them to green.'),
    namespaces: listOf(namespaceField, 'namespaces', 1, 500).describe(
      'Namespaces to carry over. kube-system, kube-public and kube-node-lease never are.',
    ),
    availableWithin: seconds('10s', '24h')
      .prefault('10m')
      .describe('How long all copied workloads together may take to become available on green.'),
  })
  .transform(({ availableWithin, ...rest }) => ({
    ...rest,
    availableWithinSeconds: availableWithin,
  }));

export const workloads = z.discriminatedUnion('with', [copy], {
  error: providerError(['copy'], ['argocd']),
});

/** `namespace/name` of a Deployment; names are DNS subdomains of at most 253 characters. */
export const deploymentField = text(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
  317,
  'a Deployment as namespace/name, such as orders/queue-worker',
);

export const handOverAtField = wholePercent(1, 100).prefault(100);

export const singletons = z
  .strictObject({
    handOverAt: handOverAtField.describe(
      'Green’s weight at which singletons change sides; a step of every group. Default: 100, so users move first.',
    ),
    cronJobs: z
      .enum(['all', 'none'])
      .default('all')
      .describe(
        'Whether CronJobs are handed over (suspended on blue first, then resumed on green) or left alone.',
      ),
    deployments: z
      .array(deploymentField, { error: 'a list of Deployments as namespace/name' })
      .max(500, { error: 'a list of at most 500 Deployments' })
      .default([])
      .describe(
        'Deployments that may run in one cluster only, such as queue consumers, as namespace/name.',
      ),
  })
  .transform(({ handOverAt, ...rest }) => ({ ...rest, handOverAtPercent: handOverAt }));

/**
 * A path that stays a path: it starts with exactly one slash and holds printable ASCII only, so it can neither end the
 * request line nor name another host when it is joined to a base address.
 */
const httpPath = text(
  /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/,
  2_048,
  'a path such as /healthz: one leading slash, printable ASCII without spaces and backslashes',
);

const host = text(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i,
  253,
  'a host name, such as shop.example.com',
);

const httpCheck = z.strictObject({
  path: httpPath.describe('Path to ask for, starting with a slash.'),
  expect: count(200, 599).default(200).describe('HTTP status that proves green right.'),
  host: host.exactOptional().describe('Host header; needed where the rule has a host condition.'),
  attempts: count(1, 100)
    .default(3)
    .describe('How often to ask before the check counts as failed.'),
});

/** Asked of green through every route, before any user meets it. */
export const smoke = listOf(
  z.strictObject({ http: httpCheck.describe('An HTTP GET.') }),
  'checks',
  1,
  50,
).prefault([{ http: { path: '/healthz' } }]);
