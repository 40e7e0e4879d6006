import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import { intakeOf, type Intake } from './http-route-parents.ts';
import { getHttpRoute, type GatewayParts, type HttpRouteName } from './http-route-object.ts';

/**
 * Waiting until the controllers of an HTTPRoute have taken in what stands there: for reads before anything is moved. While
 * weights are moved nobody waits here; the read-back asks again by itself.
 */
/** Controllers follow within a second; a busy one, with many routes, takes longer. Milliseconds. */
const WITHIN_MS = 6_000;
const LOOK_PAUSE_MS = 250;

/** What they say then; `pending` where they have said nothing of it in time. */
export async function awaitIntake(
  { clock }: Pick<GatewayParts, 'clock'>,
  cluster: KubernetesCluster,
  route: Pick<HttpRouteName, 'with' | 'namespace' | 'httpRoute'>,
  signal: AbortSignal,
): Promise<Intake> {
  const untilMs = clock.nowMs() + WITHIN_MS;
  for (;;) {
    const intake = intakeOf(await getHttpRoute(cluster, route, signal));
    if (intake.kind !== 'pending' || clock.nowMs() >= untilMs) return intake;
    await clock.sleep(LOOK_PAUSE_MS, signal);
  }
}
