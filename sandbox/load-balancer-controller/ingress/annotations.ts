/**
 * The controller's annotations on Ingresses (and, for target groups, on Services): read as the real controller reads them,
 * and refused where the stand-in does not play them. Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0,
 * docs/guide/ingress/annotations.md, pkg/ingress/config_types.go
 */
import { z } from 'zod';

const PREFIX = 'alb.ingress.kubernetes.io/';

export type Annotations = Readonly<Record<string, string>>;

/** The Ingress cannot be served as it is written; trying again will not help until it changes. */
export class IngressNotServedError extends Error {
  override readonly name = 'IngressNotServedError';
}

export function textOf(annotations: Annotations, suffix: string): string | undefined {
  return annotations[`${PREFIX}${suffix}`];
}

export function listOf(annotations: Annotations, suffix: string): readonly string[] {
  const text = textOf(annotations, suffix) ?? '';
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function numberOf(annotations: Annotations, suffix: string, byDefault: number): number {
  const text = textOf(annotations, suffix);
  if (text === undefined) return byDefault;
  if (!/^\d+$/.test(text)) throw wrong(suffix, `'${text}' is no whole number`);
  return Number(text);
}

/** `a=1,b=2` */
export function mapOf(annotations: Annotations, suffix: string): ReadonlyMap<string, string> {
  return new Map(
    listOf(annotations, suffix).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw wrong(suffix, `'${pair}' is no key=value`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Undefined where the annotation is absent. @throws IngressNotServedError for anything else than the schema's JSON. */
export function jsonOf<T>(
  annotations: Annotations,
  suffix: string,
  schema: z.ZodType<T>,
): T | undefined {
  const text = textOf(annotations, suffix);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw wrong(suffix, String(cause));
  }
}

const NOT_PLAYED = ['auth-type', 'wafv2-acl-arn', 'ssl-redirect', 'certificate-arn'];

/** @throws IngressNotServedError naming what the stand-in does not play. */
export function refuseWhatIsNotPlayed(annotations: Annotations): void {
  const found = NOT_PLAYED.find((suffix) => textOf(annotations, suffix) !== undefined);
  if (found !== undefined) throw wrong(found, 'the stand-in does not play it');
  const targetType = textOf(annotations, 'target-type');
  if (targetType !== 'ip') throw wrong('target-type', 'the stand-in plays target type ip only');
}

const stickinessSchema = z.looseObject({
  enabled: z.boolean().optional(),
  durationSeconds: z.number().optional(),
});

const tupleSchema = z
  .looseObject({
    targetGroupARN: z.string().optional(),
    serviceName: z.string().optional(),
    servicePort: z.union([z.number(), z.string()]).optional(),
    weight: z.number().optional(),
  })
  .refine(
    ({ targetGroupARN, serviceName }) =>
      (targetGroupARN === undefined) !== (serviceName === undefined),
    {
      error: 'precisely one of targetGroupARN and serviceName can be specified',
    },
  )
  .refine(
    ({ serviceName, servicePort }) => serviceName === undefined || servicePort !== undefined,
    {
      error: 'missing servicePort',
    },
  );

const forwardSchema = z
  .looseObject({
    targetGroups: z.array(tupleSchema).min(1),
    targetGroupStickinessConfig: stickinessSchema.optional(),
  })
  .refine(
    ({ targetGroups }) =>
      targetGroups.length === 1 || targetGroups.every(({ weight }) => weight !== undefined),
    { error: 'weight must be set when route to multiple target groups' },
  );

export type ForwardConfig = z.infer<typeof forwardSchema>;

export const actionSchema = z.discriminatedUnion('type', [
  z
    .looseObject({
      type: z.literal('forward'),
      targetGroupARN: z.string().optional(),
      forwardConfig: forwardSchema.optional(),
    })
    .refine(
      (action) => (action.targetGroupARN === undefined) !== (action.forwardConfig === undefined),
      {
        error: 'precisely one of targetGroupARN and forwardConfig can be specified',
      },
    ),
  z.looseObject({
    type: z.literal('fixed-response'),
    fixedResponseConfig: z.looseObject({
      contentType: z.string().optional(),
      messageBody: z.string().optional(),
      statusCode: z.string(),
    }),
  }),
]);

const valuesSchema = z.looseObject({ values: z.array(z.string()).min(1) });

export const conditionsSchema = z.array(
  z.discriminatedUnion('field', [
    z.looseObject({ field: z.literal('host-header'), hostHeaderConfig: valuesSchema }),
    z.looseObject({ field: z.literal('path-pattern'), pathPatternConfig: valuesSchema }),
    z.looseObject({
      field: z.literal('http-header'),
      httpHeaderConfig: valuesSchema.extend({ httpHeaderName: z.string() }),
    }),
    z.looseObject({
      field: z.literal('http-request-method'),
      httpRequestMethodConfig: valuesSchema,
    }),
    z.looseObject({ field: z.literal('source-ip'), sourceIPConfig: valuesSchema }),
  ]),
);

export const listenPortsSchema = z
  .array(z.strictObject({ HTTP: z.int().min(1).max(65_535) }))
  .min(1);

function wrong(suffix: string, what: string): IngressNotServedError {
  return new IngressNotServedError(`annotation ${PREFIX}${suffix}: ${what}`);
}
