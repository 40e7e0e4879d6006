/**
 * What a backend of an Ingress leads to: a Service's target group, or with the port `use-annotation` whatever
 * `actions.<service>` says. A backend that does not exist answers 503, as the real controller lets it. Pure; part of the
 * stack's model. Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, pkg/ingress/enhanced_backend_builder.go
 */
import { actionSchema, IngressNotServedError, jsonOf, type ForwardConfig } from './annotations.ts';
import { ingressKey, type Ingress, type IngressBackend } from './ingress-objects.ts';
import {
  targetGroupModel,
  type TargetGroupModel,
  type TargetGroupParts,
} from './target-group-model.ts';

export type ActionModel =
  | {
      readonly kind: 'forward';
      readonly tuples: readonly TupleModel[];
      readonly stickiness: { readonly enabled?: boolean; readonly durationSeconds?: number } | null;
    }
  | {
      readonly kind: 'fixed-response';
      readonly statusCode: string;
      readonly contentType?: string;
      readonly messageBody?: string;
    };

type TupleModel = { readonly weight?: number } & (
  | { readonly targetGroupArn: string }
  /** A target group of this stack. */
  | { readonly resourceId: string }
);

const USE_ANNOTATION = 'use-annotation';

/** Target groups that it needs are added to `targetGroups`. @throws IngressNotServedError */
export function backendAction(
  parts: TargetGroupParts,
  targetGroups: Map<string, TargetGroupModel>,
  ingress: Ingress,
  { service }: IngressBackend,
): ActionModel {
  if (service === undefined)
    throw new IngressNotServedError(`${ingressKey(ingress)}: a backend must be a service`);
  const { name: serviceName, port } = service;
  const forward = (config: ForwardConfig): ActionModel =>
    forwardAction(parts, targetGroups, ingress, config);
  if (port.name !== USE_ANNOTATION)
    return forward({
      targetGroups: [{ serviceName, servicePort: port.name ?? port.number ?? 0 }],
    });
  const annotated = jsonOf(ingress.metadata.annotations, `actions.${serviceName}`, actionSchema);
  if (annotated === undefined) return unavailable('Backend action does not exist');
  if (annotated.type === 'forward') {
    const { targetGroupARN, forwardConfig } = annotated;
    return forward(forwardConfig ?? { targetGroups: [{ targetGroupARN }] });
  }
  const { statusCode, contentType, messageBody } = annotated.fixedResponseConfig;
  return {
    kind: 'fixed-response',
    statusCode,
    ...(contentType === undefined ? {} : { contentType }),
    ...(messageBody === undefined ? {} : { messageBody }),
  };
}

function forwardAction(
  parts: TargetGroupParts,
  targetGroups: Map<string, TargetGroupModel>,
  ingress: Ingress,
  { targetGroups: wanted, targetGroupStickinessConfig }: ForwardConfig,
): ActionModel {
  const tuples: TupleModel[] = [];
  for (const { targetGroupARN, serviceName = '', servicePort = 0, weight: given } of wanted) {
    const weight = given === undefined ? {} : { weight: given };
    if (targetGroupARN !== undefined) {
      tuples.push({ targetGroupArn: targetGroupARN, ...weight });
      continue;
    }
    const ref = { name: serviceName, port: normalised(servicePort) };
    const model = targetGroupModel(parts, ingress, ref);
    if (model === null) {
      if (wanted.length === 1) return unavailable('Backend service does not exist');
      throw new IngressNotServedError(`${ingressKey(ingress)}: there is no service ${serviceName}`);
    }
    targetGroups.set(model.resourceId, model);
    tuples.push({ resourceId: model.resourceId, ...weight });
  }
  return { kind: 'forward', tuples, stickiness: stickinessOf(targetGroupStickinessConfig) };
}

/** `"80"` means the number, as in the first controller. */
function normalised(port: number | string): number | string {
  return typeof port === 'string' && /^\d+$/.test(port) ? Number(port) : port;
}

function stickinessOf(
  config: ForwardConfig['targetGroupStickinessConfig'],
): Extract<ActionModel, { kind: 'forward' }>['stickiness'] {
  if (config === undefined) return null;
  const { enabled, durationSeconds } = config;
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  };
}

function unavailable(messageBody: string): ActionModel {
  return { kind: 'fixed-response', statusCode: '503', contentType: 'text/plain', messageBody };
}
