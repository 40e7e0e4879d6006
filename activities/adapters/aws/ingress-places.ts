import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { IngressPlace } from '#domain/traffic/route-place.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { KubernetesCluster, KubernetesClusters } from '#activities/ports/kubernetes.ts';
import type { RouteRef } from '#activities/ports/traffic-router.ts';
import { writeActions, type RuleRoute } from './alb-rules.ts';
import type { ColourWeights } from './alb-weights.ts';
import type { AwsClients } from './aws-clients.ts';
import { findForward, type FoundForward } from './forward-action.ts';
import { forwardText, type IngressForward } from './ingress-action.ts';
import type { BackendShape } from './ingress-backends.ts';
import { readIngress, type FoundIngress } from './ingress-object.ts';
import { findRules, type FoundRule } from './ingress-rules.ts';

/** The two places that hold the weights of an Ingress route: its Ingress on blue, and its rules on the load balancer. */
export type IngressRoute = RouteRef<IngressPlace>;

export interface IngressParts {
  readonly clients: AwsClients;
  readonly kubernetes: KubernetesClusters;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
}

export interface FoundPlaces {
  readonly cluster: KubernetesCluster;
  readonly ingress: FoundIngress;
  readonly rules: readonly FoundRule[];
}

/** Everything at the API server of blue while weights are written, in milliseconds: as long as an AWS call may take (DESIGN section 6). */
const OWNER_WITHIN_MS = 3_000;

export function connectBlue(
  { kubernetes }: Pick<IngressParts, 'kubernetes'>,
  { blue }: Pick<IngressRoute, 'blue'>,
  signal: AbortSignal,
): Promise<KubernetesCluster> {
  return kubernetes.connect(blue, blue, signal);
}

export async function readPlaces(
  parts: IngressParts,
  route: IngressRoute,
  signal: AbortSignal,
): Promise<FoundPlaces> {
  const [owner, rules] = await Promise.all([
    readOwner(parts, route, signal),
    findRules(parts.clients, route, signal),
  ]);
  return { ...owner, rules };
}

async function readOwner(
  parts: IngressParts,
  route: IngressRoute,
  signal: AbortSignal,
): Promise<Omit<FoundPlaces, 'rules'>> {
  const cluster = await connectBlue(parts, route, signal);
  return { cluster, ingress: await readIngress(cluster, route, signal) };
}

/** Every rule of the route, changed; ends when all writes have ended. */
export async function writeRules(
  { clients }: IngressParts,
  route: IngressRoute,
  rules: readonly FoundRule[],
  change: (actions: readonly Action[], route: RuleRoute) => Action[],
  signal: AbortSignal,
): Promise<void> {
  await allEnded(
    rules.map(async (rule) => {
      const ruleRoute = { ...route, ruleArn: rule.RuleArn };
      const actions = change(rule.Actions ?? [], ruleRoute);
      await writeActions(clients, ruleRoute, rule, actions, signal);
    }),
  );
}

/** Fails `unexpected-shape`. */
export function forwardOf(route: IngressRoute, { RuleArn, Actions = [] }: FoundRule): FoundForward {
  return findForward(Actions, { ...route, ruleArn: RuleArn });
}

export function actionShape(
  { greenTargetGroupArn }: IngressRoute,
  forward: IngressForward,
): BackendShape {
  return { kind: 'action', text: forwardText(forward, greenTargetGroupArn) };
}

/** Both colours by weight; blue as found, or as it was at the start. */
export function sharedShape(
  route: IngressRoute,
  { blue }: IngressForward,
  weights: ColourWeights,
  stickySeconds: number | null,
): BackendShape {
  const { service, port } = blue ?? route.backend;
  const shared = { blue: { service, port, weight: weights.blue }, green: weights.green };
  return actionShape(route, { ...shared, stickySeconds });
}

/** As `Promise.all`, but ends only when every one has ended: a rollback may begin the moment this ends. */
export async function allEnded(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises);
  await Promise.all(promises);
}

/** The signal, or the end of what the API server of blue is given while weights are written. */
export function ownerSignal(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(OWNER_WITHIN_MS)]);
}
