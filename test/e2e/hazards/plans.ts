/** What preflight is asked about: plans after the examples, each with the hazards that its own words bring about. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { BUCKETS } from '#sandbox/aws/seed.ts';
import { HUB } from '#sandbox/hub/seed-hub.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Hazard } from './hazard.ts';
import { LATE_SOURCE } from './metrics.ts';
import { OLD_CLUSTER, STRANGE_GREEN } from './other-clusters.ts';
import type { Routes } from './routes.ts';
import { EMPTY_NAMESPACE } from './workloads.ts';

export interface PlanToAsk {
  readonly name: string;
  /** As a file has it, in JSON. */
  readonly plan: object;
  readonly hazards: readonly Hazard[];
}

const EXAMPLE = new URL('../../../examples/1-default.yaml', import.meta.url);
const DEFINITION = 'cutover-eks-green';
const SHOP = { with: 'copy', namespaces: ['shop'] } as const;
/** So fine that nothing has to be waited for. */
const APP = { with: 'cloudwatch', namespace: 'Shop', period: '1s', lateness: '1s' } as const;
const ERRORS = { metric: 'error-rate', from: 'app', max: '1%' } as const;

const exampleSchema = z.looseObject({
  spec: z.looseObject({
    traffic: z.looseObject({
      groups: z.tuple([z.looseObject({ routes: z.tuple([z.looseObject({})]) })]),
    }),
    analysis: z.looseObject({ sources: z.looseObject({}) }),
  }),
});

type Spec = Readonly<Record<string, unknown>>;

/**
 * Off by default, and gone with the version that one of these plans goes to: of all that 1.34 serves by itself, 1.36 takes nothing
 * away.
 */
export const OLD_API_VERSION = 'networking.k8s.io/v1beta1';
/** Asked of blue by somebody. */
export const OLD_API = `/apis/${OLD_API_VERSION}/ipaddresses`;

/** @param blueHazards of blue and what is on it, which the first plan finds all */
export async function plansToAsk(
  routes: Routes,
  blueHazards: readonly Hazard[],
): Promise<readonly PlanToAsk[]> {
  const { spec, ...plan } = exampleSchema.parse(parse(await readFile(EXAMPLE, 'utf8')));
  const [group] = spec.traffic.groups;
  const [web] = group.routes;
  const planOf = (name: string, over: Spec, hazards: readonly Hazard[]): PlanToAsk => ({
    name,
    plan: { ...plan, metadata: { name }, spec: { ...spec, ...over } },
    hazards,
  });
  const groupsOf = (...groups: readonly Spec[]): Spec => ({ ...spec.traffic, groups });
  const kro = (over: Spec): Spec => ({ with: 'kro', hub: HUB, definition: DEFINITION, ...over });
  const quick = { ...spec.analysis, interval: '1s', sources: { app: APP } };

  return [
    planOf(
      'everything-on-blue',
      {
        workloads: { ...SHOP, namespaces: ['shop', EMPTY_NAMESPACE, 'nowhere'] },
        singletons: { deployments: ['shop/nobody'] },
        traffic: groupsOf({ ...group, routes: [web, ...routes.harmed] }),
        analysis: {
          ...spec.analysis,
          sources: { ...spec.analysis.sources, ledger: LATE_SOURCE },
        },
        preflight: {
          waivers: [{ code: 'names-blue', reason: 'until the new year', expires: '2020-01-01' }],
        },
      },
      [
        ...blueHazards,
        ...routes.hazards,
        { code: 'namespace-missing', resource: 'nowhere' },
        { code: 'singleton-missing', resource: 'shop/nobody' },
        { code: 'waiver-expired', resource: 'names-blue' },
      ],
    ),
    planOf(
      'backwards',
      {
        green: { cluster: HUB, version: '1.33', provision: kro({ hub: OLD_CLUSTER }) },
        identity: { trustPolicies: 'leave' },
        addons: { choose: 'default', pinned: { coredns: 'v0.1.0-eksbuild.1' } },
        singletons: { cronJobs: 'none' },
        rollback: { capsule: { with: 's3', bucket: BUCKETS.strangers.name } },
      },
      [
        { code: 'target-not-newer', resource: '1.33' },
        { code: 'version-support', resource: '1.33' },
        { code: 'green-name-taken', resource: HUB },
        { code: 'kro-missing', resource: OLD_CLUSTER },
        { code: 'addon-unavailable', resource: 'coredns' },
        { code: 'role-trusts-blue', resource: 'ServiceAccount shop/catalog' },
        { code: 'cron-job-sleeps', resource: 'CronJob shop/orders-nightly' },
        { code: 'capsule-place', resource: 'rollback.capsule' },
      ],
    ),
    planOf(
      'too-far',
      {
        green: {
          cluster: OLD_CLUSTER,
          version: '1.37',
          provision: kro({ definition: 'nobody', namespace: 'nowhere' }),
        },
        traffic: groupsOf(
          { ...group, bake: '2s' },
          { ...group, name: 'feed', routes: [routes.uncounted] },
        ),
        analysis: { ...quick, guardrails: [ERRORS], compare: [] },
      },
      [
        { code: 'target-not-offered', resource: '1.37' },
        { code: 'deprecated-api-asked', resource: OLD_API },
        { code: 'green-adopted', resource: OLD_CLUSTER },
        { code: 'hub-namespace-missing', resource: 'nowhere' },
        { code: 'kro-definition-inactive', resource: 'nobody' },
        { code: 'bake-too-short', resource: 'traffic.groups.storefront' },
        { code: 'truth-source-too-coarse', resource: 'analysis.sources' },
        ...routes.uncountedHazards,
      ],
    ),
    planOf(
      'strange-green',
      {
        green: {
          cluster: STRANGE_GREEN,
          version: '1.36',
          provision: kro({ values: { colour: 'teal' } }),
        },
        traffic: groupsOf({ ...group, routes: [routes.same] }),
      },
      [
        { code: 'kro-definition-unfit', resource: DEFINITION },
        { code: 'kro-instance-strange', resource: `EksGreen default/${STRANGE_GREEN}` },
        { code: 'kro-leaves-out', resource: DEFINITION },
        ...routes.sameHazards,
      ],
    ),
    planOf(
      'old-blue',
      {
        blue: { cluster: OLD_CLUSTER },
        green: { cluster: `${BLUE}-2`, version: '1.36', provision: kro({ hub: 'nowhere' }) },
        analysis: { ...quick, guardrails: [ERRORS], compare: [] },
      },
      [
        { code: 'aws-auth-only', resource: OLD_CLUSTER },
        { code: 'addon-self-managed', resource: 'coredns' },
        { code: 'network-elsewhere', resource: OLD_CLUSTER },
        { code: 'hub-unreachable', resource: 'nowhere' },
        { code: 'no-traffic', resource: OLD_CLUSTER },
        { code: 'source-silent', resource: 'analysis.sources.app' },
      ],
    ),
  ];
}
