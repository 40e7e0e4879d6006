import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { z } from 'zod';
import { assertNever } from '#domain/assert-never.ts';
import type { CapsuleAccess, Route53Call } from '#domain/capsule/capsule.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';

/** A capsule's calls to Route 53, sent as they are written. Called by `capsule-calls.ts`. */
const recordSet = z.strictObject({
  Name: z.string(),
  Type: z.enum(['A', 'AAAA', 'CNAME']),
  SetIdentifier: z.string(),
  Weight: z.int().min(0).max(255),
  TTL: z.int().optional(),
  ResourceRecords: z.array(z.strictObject({ Value: z.string() })).optional(),
  AliasTarget: z
    .strictObject({
      HostedZoneId: z.string(),
      DNSName: z.string(),
      EvaluateTargetHealth: z.boolean(),
    })
    .optional(),
});
const change = z.strictObject({
  HostedZoneId: z.string(),
  ChangeBatch: z.strictObject({
    Comment: z.string(),
    // A way back writes weighted records and takes nothing away.
    Changes: z
      .array(z.strictObject({ Action: z.literal('UPSERT'), ResourceRecordSet: recordSet }))
      .min(1)
      .max(2),
  }),
});
const list = z.strictObject({
  HostedZoneId: z.string(),
  StartRecordName: z.string(),
  StartRecordType: z.enum(['A', 'AAAA', 'CNAME']),
  MaxItems: z.int().min(1).max(300),
});

export async function sendToRoute53(
  clients: AwsClients,
  call: Route53Call,
  access: CapsuleAccess,
  signal: AbortSignal,
): Promise<unknown> {
  const { read, write } = clients.route53(access);
  const options = { abortSignal: signal };
  switch (call.operation) {
    case 'ChangeResourceRecordSets':
      return write.send(new ChangeResourceRecordSetsCommand(inputOf(call, change)), options);
    case 'ListResourceRecordSets':
      return read.send(new ListResourceRecordSetsCommand(inputOf(call, list)), options);
    default:
      return assertNever(call.operation);
  }
}

/** What a failure is about. */
export function zoneOf({ operation, input }: Route53Call): string {
  const zone = input['HostedZoneId'];
  return typeof zone === 'string' ? `hosted zone ${zone}` : operation;
}

function inputOf<Input>(call: Route53Call, schema: z.ZodType<Input>): Input {
  const parsed = schema.safeParse(call.input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CutoverFailure(
    'invalid-request',
    `${call.operation}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not what a capsule may send'}`,
    { resource: zoneOf(call) },
  );
}
