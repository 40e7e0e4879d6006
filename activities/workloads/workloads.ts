import { CutoverFailure } from '#domain/failures.ts';
import { MIGRATION_ID_TAG } from '#domain/identity.ts';
import { COPIED_KINDS, copyForGreen, type CopyTargets } from '#domain/workloads/workload-copy.ts';
import { isEstablished, unavailableReason } from '#domain/workloads/workload-health.ts';
import { readAbility } from '#activities/traffic/ability.ts';
import { accessOf, blueRef, greenRef } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { GreenInput, MigrationActivities } from '#activities/contract.ts';
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  NAMESPACES,
  SERVICE_ACCOUNTS,
} from '#activities/kinds.ts';
import { listInNamespaces } from '#activities/list-in-namespaces.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * The plan's namespaces come up on green (direct copy). Secrets pass through this file from API server to API
 * server and go nowhere else (I10): only counts are returned. Server-side apply makes a repeat harmless (I6).
 */
const BINDINGS_CRD = 'targetgroupbindings.elbv2.k8s.aws';

export function workloads(
  tools: Tools,
): Pick<MigrationActivities, 'copyWorkloads' | 'awaitWorkloads'> {
  const { ports } = tools;
  return {
    copyWorkloads: async (input) => {
      const run = thisRun(tools);
      const { spec, resolved } = input;
      const blue = await ports.kubernetes.connect(blueRef(spec), resolved.blue, run.signal);
      const green = await ports.kubernetes.connect(greenRef(spec), input.green, run.signal);
      await bringBindingsKind(blue, green, run);
      const counts: Record<string, number> = { namespaces: spec.workloads.namespaces.length };
      const targets = copyTargets(input);
      for (const namespace of spec.workloads.namespaces) {
        await copyNamespaceItself(blue, green, namespace, targets, run);
        for (const kind of COPIED_KINDS) {
          const copies = (await blue.list(kind, namespace, run.signal)).flatMap(
            (object) => copyForGreen(object, targets) ?? [],
          );
          for (const copy of copies) {
            run.heartbeat();
            await green.apply(kind, copy, run.signal);
          }
          if (copies.length > 0) counts[kind.plural] = (counts[kind.plural] ?? 0) + copies.length;
        }
      }
      return counts;
    },

    awaitWorkloads: async (input) => {
      const run = thisRun(tools);
      const { spec } = input;
      const green = await ports.kubernetes.connect(greenRef(spec), input.green, run.signal);
      const { namespaces } = spec.workloads;
      const deployments = await listInNamespaces(green, DEPLOYMENTS, namespaces, run.signal);
      const late = deployments.flatMap((deployment) => unavailableReason(deployment) ?? []);
      const lacking = late.length > 0 ? late : await lackingTargets(tools, input, run.signal);
      const [first] = lacking;
      if (first === undefined) {
        const slowStartSeconds = await longestSlowStart(tools, input, run.signal);
        return {
          deployments: deployments.length,
          ...(slowStartSeconds > 0 ? { slowStartSeconds } : {}),
        };
      }
      const more = lacking.length > 1 ? `, and ${lacking.length - 1} more` : '';
      const withinMs = spec.workloads.availableWithinSeconds * 1000;
      if (run.elapsedMs() < withinMs) throw run.waiting(`${first.what}${more}`, first.resource);
      throw new CutoverFailure('workload-unavailable', `${first.what}${more}`, {
        resource: first.resource,
      });
    },
  };
}

/** Green must pass the plan's own guardrail and be able to carry everything (I3) before the first user comes. */
async function lackingTargets(
  tools: Tools,
  input: GreenInput,
  signal: AbortSignal,
): Promise<readonly { readonly what: string; readonly resource: string }[]> {
  const { spec, resolved } = input;
  const guardrail = Math.max(
    1,
    ...spec.analysis.guardrails.map((rule) => (rule.metric === 'healthy-targets' ? rule.min : 1)),
  );
  const access = accessOf(spec, 'loadBalancer');
  const lacking = await Promise.all(
    resolved.routes.map(async ({ id, greenTargetGroupArn: resource }) => {
      const question = { ...input, routeIds: [id], percent: 100, side: 'green' } as const;
      const { reasons } = await readAbility(tools, question, signal);
      if (reasons.length > 0) return reasons.map((what) => ({ what, resource }));
      const { healthy } = await tools.ports.targetGroups.readHealth(access, resource, signal);
      const what = `green has ${healthy} healthy targets on route ${id}, ${guardrail} are needed`;
      return healthy >= guardrail ? [] : [{ what, resource }];
    }),
  );
  return lacking.flat();
}

/** How long green's new targets still get fewer requests than their share (ELBv2 slow start); the longest of all routes. */
async function longestSlowStart(
  { ports }: Tools,
  { spec, resolved }: GreenInput,
  signal: AbortSignal,
): Promise<number> {
  const settings = await Promise.all(
    resolved.routes.map(async ({ greenTargetGroupArn: targetGroupArn, loadBalancerArn }) =>
      ports.targetGroups.readSettings(
        accessOf(spec, 'loadBalancer'),
        { targetGroupArn, loadBalancerArn },
        signal,
      ),
    ),
  );
  return Math.max(0, ...settings.map(({ slowStartSeconds }) => slowStartSeconds));
}

/** Bindings need their kind; a definition counts once the API server serves it. */
async function bringBindingsKind(
  blue: KubernetesCluster,
  green: KubernetesCluster,
  run: ActivityRun,
): Promise<void> {
  const kind = CUSTOM_RESOURCE_DEFINITIONS;
  const present = await green.get(kind, null, BINDINGS_CRD, run.signal);
  if (present === null) {
    const definition = await blue.get(kind, null, BINDINGS_CRD, run.signal);
    if (definition === null) return;
    const nothing = { targetGroups: {}, securityGroups: {}, labels: {}, held: [] };
    const copy = copyForGreen(definition, nothing);
    if (copy !== null) await green.apply(kind, copy, run.signal);
  }
  const served = present ?? (await green.get(kind, null, BINDINGS_CRD, run.signal));
  if (served === null || !isEstablished(served))
    throw run.waiting('green does not serve the kind yet', BINDINGS_CRD);
}

/** The same objects that the copy of workloads makes later, of these service accounts and their namespaces alone. */
export async function copyServiceAccounts(
  { ports }: Tools,
  input: GreenInput,
  accounts: readonly { readonly namespace: string; readonly name: string }[],
  run: ActivityRun,
): Promise<void> {
  const { spec, resolved } = input;
  const blue = await ports.kubernetes.connect(blueRef(spec), resolved.blue, run.signal);
  const green = await ports.kubernetes.connect(greenRef(spec), input.green, run.signal);
  const targets = copyTargets(input);
  for (const namespace of new Set(accounts.map((account) => account.namespace)))
    await copyNamespaceItself(blue, green, namespace, targets, run);
  for (const { namespace, name } of accounts) {
    const object = await blue.get(SERVICE_ACCOUNTS, namespace, name, run.signal);
    const copy = object === null ? null : copyForGreen(object, targets);
    if (copy !== null) await green.apply(SERVICE_ACCOUNTS, copy, run.signal);
  }
}

/** The namespace's labels steer admission and injection, so they come along. */
async function copyNamespaceItself(
  blue: KubernetesCluster,
  green: KubernetesCluster,
  name: string,
  targets: CopyTargets,
  { signal }: ActivityRun,
): Promise<void> {
  const namespace = await blue.get(NAMESPACES, null, name, signal);
  if (namespace === null)
    throw new CutoverFailure('not-found', 'blue has no such namespace', { resource: name });
  const copy = copyForGreen(namespace, targets);
  if (copy === null) return;
  const { spec: _, ...rest } = copy;
  await green.apply(NAMESPACES, rest, signal);
}

function copyTargets({ ref, spec, resolved }: GreenInput): CopyTargets {
  return {
    targetGroups: Object.fromEntries(
      resolved.routes.map((route) => [route.blueTargetGroupArn, route.greenTargetGroupArn]),
    ),
    securityGroups: Object.fromEntries(
      resolved.routes.map((route) => [route.greenTargetGroupArn, route.securityGroupIds]),
    ),
    labels: { [MIGRATION_ID_TAG]: ref.migrationId },
    held: spec.singletons.deployments,
  };
}
