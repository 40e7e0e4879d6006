import type { KubernetesCall, WayBack } from '#domain/capsule/capsule.ts';
import { weightsFor } from './alb-weights.ts';
import { actionsAnnotation, forwardText, type IngressForward } from './ingress-action.ts';
import { INGRESSES } from './ingress-kinds.ts';
import { blueAlone } from './ingress-object.ts';
import type { IngressRoute } from './ingress-places.ts';
import type { FoundRule } from './ingress-rules.ts';
import { ruleWayBack } from './rule-way-back.ts';

/**
 * The way back of an Ingress route, as literal calls. Rules first, because users come first and blue's API server may be what is
 * broken; then the Ingress, so that its controller keeps it so; then the rules once more, because the controller may have
 * written what the Ingress said before.
 */
export function ingressWayBack(route: IngressRoute, rules: readonly FoundRule[]): WayBack {
  const ofRules = rules.map((rule) => ruleWayBack({ ...route, ruleArn: rule.RuleArn }, rule));
  const ruleCalls = ofRules.flatMap(({ calls }) => calls);
  const { service, port } = route.backend;
  const alone = blueAlone(route.backend);
  const { blue, green } = weightsFor(0);
  const idle = { blue: { service, port, weight: blue }, green, stickySeconds: null };
  return {
    calls: [...ruleCalls, ownerCall(route, alone), ...ruleCalls],
    readBack: [
      ...ofRules.flatMap(({ readBack }) => readBack),
      {
        ask: { ...ownerCall(route, alone), operation: 'Get', patch: {} },
        accept: [alone, idle].map((forward) => ({ metadata: annotated(route, forward) })),
      },
    ],
  };
}

function ownerCall(route: IngressRoute, forward: IngressForward): KubernetesCall {
  const { name, access, arn, createdAt } = route.blue;
  return {
    service: 'kubernetes',
    operation: 'MergePatch',
    cluster: { name, access, arn, createdAt },
    ...INGRESSES,
    namespace: route.namespace,
    name: route.ingress,
    patch: { metadata: annotated(route, forward) },
  };
}

function annotated({ service, greenTargetGroupArn }: IngressRoute, forward: IngressForward) {
  return {
    annotations: { [actionsAnnotation(service)]: forwardText(forward, greenTargetGroupArn) },
  };
}
