/**
 * The tripwire for SDK upgrades: the emulator stands on schemas that the client packages export without promising them. Every
 * operation of every client in use must still be found, and a request the real client serialises must be read back as it was.
 */
import { QueryShapeSerializer } from '@aws-sdk/core/protocols';
import * as cloudWatchSdk from '@aws-sdk/client-cloudwatch';
import * as ec2Sdk from '@aws-sdk/client-ec2';
import * as eksSdk from '@aws-sdk/client-eks';
import * as elbSdk from '@aws-sdk/client-elastic-load-balancing-v2';
import * as iamSdk from '@aws-sdk/client-iam';
import * as route53Sdk from '@aws-sdk/client-route-53';
import * as s3Sdk from '@aws-sdk/client-s3';
import * as serviceQuotasSdk from '@aws-sdk/client-service-quotas';
import * as ssmSdk from '@aws-sdk/client-ssm';
import * as stsSdk from '@aws-sdk/client-sts';
import type { NormalizedSchema } from '@smithy/core/schema';
import { decodeForm } from '#sandbox/aws/core/form-decoder.ts';
import { defineService, type ProtocolChoice } from '#sandbox/aws/core/service.ts';
import { readServiceModel, type Operation } from '#sandbox/aws/core/service-model.ts';
import { shapeProblems } from '#sandbox/aws/core/shape-check.ts';
import type { WireRequest } from '#sandbox/aws/core/wire.ts';

const QUERY: ProtocolChoice = { kind: 'query', xmlNamespace: 'urn:test' };

const CLIENTS: readonly { name: string; sdk: object; protocol: ProtocolChoice }[] = [
  { name: 'eks', sdk: eksSdk, protocol: { kind: 'rest-json' } },
  { name: 'elasticloadbalancing', sdk: elbSdk, protocol: QUERY },
  { name: 'iam', sdk: iamSdk, protocol: QUERY },
  { name: 'sts', sdk: stsSdk, protocol: QUERY },
  { name: 'ec2', sdk: ec2Sdk, protocol: { kind: 'ec2-query', xmlNamespace: 'urn:test' } },
  { name: 'route53', sdk: route53Sdk, protocol: { kind: 'rest-xml', xmlNamespace: 'urn:test' } },
  { name: 'monitoring', sdk: cloudWatchSdk, protocol: { kind: 'json-1.0' } },
  { name: 's3', sdk: s3Sdk, protocol: { kind: 's3' } },
  { name: 'servicequotas', sdk: serviceQuotasSdk, protocol: { kind: 'json-1.1' } },
  { name: 'ssm', sdk: ssmSdk, protocol: { kind: 'json-1.1' } },
];

/** A value with every member of the shape set, except where a shape would contain itself. */
function sample(schema: NormalizedSchema, within: readonly string[] = []): unknown {
  if (schema.isStructSchema()) {
    const path = [...within, schema.getName() ?? ''];
    const members = [...schema.structIterator()].filter(
      ([, member]) => !path.includes(innermost(member)),
    );
    const used = schema.isUnionSchema() ? members.slice(0, 1) : members;
    return Object.fromEntries(used.map(([name, member]) => [name, sample(member, path)]));
  }
  if (schema.isListSchema()) return [sample(schema.getValueSchema(), within)];
  if (schema.isMapSchema()) return { key: sample(schema.getValueSchema(), within) };
  if (schema.isTimestampSchema()) return new Date('2026-11-22T10:00:00.000Z');
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return 7;
  if (schema.isBlobSchema()) return Buffer.from('blob');
  return 'text';
}

/** Name of the structure inside lists and maps; empty for simple members. */
function innermost(schema: NormalizedSchema): string {
  if (schema.isListSchema() || schema.isMapSchema()) return innermost(schema.getValueSchema());
  return schema.isStructSchema() ? (schema.getName() ?? '') : '';
}

const request = (parts: Partial<WireRequest>): WireRequest => ({
  method: 'POST',
  path: '/',
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.alloc(0),
  ...parts,
});

/** The least request that names the operation. */
function requestFor(operation: Operation, protocol: ProtocolChoice): WireRequest {
  const isRest = protocol.kind.startsWith('rest-') || protocol.kind === 's3';
  if (isRest && operation.http !== undefined) {
    const [path = '', query] = operation.http.uri.replaceAll(/\{[^}]+\}/g, 'label').split('?');
    return request({
      method: operation.http.method,
      path: protocol.kind === 's3' ? `/bucket${path}` : path,
      query: new URLSearchParams(query),
    });
  }
  if (protocol.kind === 'json-1.0' || protocol.kind === 'json-1.1')
    return request({ headers: { 'x-amz-target': `Service.${operation.name}` } });
  return request({ body: Buffer.from(`Action=${operation.name}&Version=1`) });
}

/** The XML of REST has no document where there is no member, or where all of them travel as headers. */
function hasBody({ output }: Operation, { kind }: ProtocolChoice): boolean {
  if (kind !== 'rest-xml' && kind !== 's3') return true;
  if (output.isUnitSchema()) return false;
  const members = [...output.structIterator()];
  return (
    members.length === 0 ||
    members.some(([, member]) => member.getMergedTraits().httpHeader === undefined)
  );
}

describe.each(CLIENTS)('the model of $name', ({ name, sdk, protocol }) => {
  const service = defineService({
    sdk,
    signingName: name,
    protocol,
    validationErrorCode: 'V',
    handlers: {},
  });
  const operations = [...service.model.operations.values()];

  it('has one operation for every command the client exports', () => {
    const commands = Object.keys(sdk).filter((key) => /.Command$/.test(key) && key !== '$Command');

    expect(operations.map((operation) => `${operation.name}Command`).sort()).toEqual(
      commands.sort(),
    );
  });

  it('routes every operation to itself', async () => {
    const routed = await Promise.all(
      operations.map(async (operation) =>
        service.protocol.readRequest(requestFor(operation, protocol)),
      ),
    );

    expect(routed.map((call) => call?.operation.name)).toEqual(
      operations.map((operation) => operation.name),
    );
  });

  it('writes a full answer of every operation, and the check accepts it', () => {
    for (const operation of operations) {
      const output = operation.output.isUnitSchema() ? {} : sample(operation.output);
      expect(
        shapeProblems(operation.output, output, { path: operation.name, unknownMembers: 'refuse' }),
      ).toEqual([]);
      const { body } = service.protocol.writeAnswer(operation, Object(output), 'id');
      expect({ name: operation.name, hasBody: body.length > 0 }).toEqual({
        name: operation.name,
        hasBody: hasBody(operation, protocol),
      });
    }
  });

  it('knows the status of every error', () => {
    for (const shape of service.model.errors.values())
      expect(shape.status).toBeGreaterThanOrEqual(400);
  });
});

describe.each([
  { dialect: 'query' as const, sdks: [elbSdk, iamSdk, stsSdk] },
  { dialect: 'ec2-query' as const, sdks: [ec2Sdk] },
])('the $dialect form decoder', ({ dialect, sdks }) => {
  it('reads back every input the SDK serialises', () => {
    const ec2 =
      dialect === 'ec2-query' ? { capitalizeKeys: true, flattenLists: true, ec2: true } : {};
    for (const sdk of sdks) {
      for (const { name, input } of readServiceModel(sdk).operations.values()) {
        if (input.isUnitSchema()) continue;
        const value = sample(input);
        const serializer = new QueryShapeSerializer({
          timestampFormat: { useTrait: true, default: 5 },
          serializeEmptyLists: true,
          ...ec2,
        });
        serializer.write(input, value);

        const decoded = decodeForm(input, new URLSearchParams(String(serializer.flush())), dialect);

        expect({ name, value: decoded }).toEqual({ name, value });
      }
    }
  });
});
