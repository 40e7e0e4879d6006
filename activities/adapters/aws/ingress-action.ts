import { z } from 'zod';

/**
 * The forward of an Ingress backend as the load balancer controller reads it from `alb.ingress.kubernetes.io/actions.<service>`:
 * blue as a Service and port, so that the controller keeps the target group it has for them, and green by its target group's
 * ARN. Pure. Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, docs/guide/ingress/annotations.md#actions,
 * pkg/ingress/config_types.go
 */
export interface IngressForward {
  /** Null once blue is taken off. The weight is null where blue is alone. */
  readonly blue: (BackendRef & { readonly weight: number | null }) | null;
  /** Green's weight; null where green is not in it. */
  readonly green: number | null;
  /** Null where every request is drawn anew. */
  readonly stickySeconds: number | null;
}

export interface BackendRef {
  readonly service: string;
  readonly port: number | string;
}

export function actionsAnnotation(backend: string): string {
  return `alb.ingress.kubernetes.io/actions.${backend}`;
}

const stickinessSchema = z.strictObject({
  enabled: z.boolean().optional(),
  durationSeconds: z.int().optional(),
});

const actionSchema = z.strictObject({
  type: z.literal('forward'),
  forwardConfig: z.strictObject({
    targetGroups: z.array(
      z.union([
        z.strictObject({
          serviceName: z.string(),
          servicePort: z.union([z.int(), z.string()]),
          weight: z.int().min(0).max(999).optional(),
        }),
        z.strictObject({
          targetGroupARN: z.string(),
          weight: z.int().min(0).max(999).optional(),
        }),
      ]),
    ),
    targetGroupStickinessConfig: stickinessSchema.optional(),
  }),
});

/** The forward, or in words why the text is none of ours. */
export function parseForward(
  text: string,
  greenTargetGroupArn: string,
): IngressForward | { readonly wrong: string } {
  const parsed = actionSchema.safeParse(parsedJson(text));
  if (!parsed.success)
    return { wrong: 'its action is no plain forward to Services and target groups' };
  const { targetGroups, targetGroupStickinessConfig: sticky } = parsed.data.forwardConfig;
  let blue: IngressForward['blue'] = null;
  let green: number | null = null;
  for (const group of targetGroups) {
    if ('serviceName' in group) {
      if (blue !== null) return { wrong: 'its action forwards to several Services' };
      const { serviceName: service, servicePort, weight = null } = group;
      blue = { service, port: normalised(servicePort), weight };
    } else if (group.targetGroupARN === greenTargetGroupArn) {
      green = group.weight ?? 1;
    } else {
      return { wrong: `its action also forwards to ${group.targetGroupARN}` };
    }
  }
  const stickySeconds = sticky?.enabled === true ? (sticky.durationSeconds ?? 1) : null;
  return { blue, green, stickySeconds };
}

/**
 * The annotation's text, always in the same order. Stickiness is always said: the controller leaves a rule's as it is where the
 * Ingress is silent.
 */
export function forwardText(forward: IngressForward, greenTargetGroupArn: string): string {
  const { blue, green, stickySeconds } = forward;
  const isShared = blue !== null && green !== null;
  const targetGroups = [
    ...(blue === null
      ? []
      : [
          {
            serviceName: blue.service,
            servicePort: blue.port,
            ...(isShared ? { weight: blue.weight ?? 1 } : {}),
          },
        ]),
    ...(green === null
      ? []
      : [{ targetGroupARN: greenTargetGroupArn, ...(isShared ? { weight: green } : {}) }]),
  ];
  const targetGroupStickinessConfig =
    stickySeconds === null ? { enabled: false } : { enabled: true, durationSeconds: stickySeconds };
  return JSON.stringify({
    type: 'forward',
    forwardConfig: { targetGroups, targetGroupStickinessConfig },
  });
}

/** The controller takes `"80"` for the number, and so a target group by either is the same. */
function normalised(port: number | string): number | string {
  return typeof port === 'string' && /^\d+$/u.test(port) ? Number(port) : port;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
