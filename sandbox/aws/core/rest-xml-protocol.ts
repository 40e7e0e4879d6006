/**
 * AWS restXml from the server's side, as Route 53 speaks it, and S3 with ways of its own (`s3-protocol.ts`): the route names the
 * operation, labels, query parameters and headers carry members, the rest is an XML document named after the shape, or the one
 * member that is the whole payload.
 * Source: smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
 */
import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from './aws-error.ts';
import { requestReader } from './rest-routing.ts';
import type { Operation, ServiceModel } from './service-model.ts';
import { isRecord } from './values.ts';
import { bodyText, type WireAnswer, type WireProtocol, type WireRequest } from './wire.ts';
import { escapeXml } from './xml-text.ts';

export function restXmlProtocol(
  model: ServiceModel,
  { xmlNamespace }: { readonly xmlNamespace: string },
): WireProtocol {
  const settings = {
    xmlNamespace,
    serviceNamespace: xmlNamespace,
    /** 5 is @smithy/types' TimestampDateTimeSchema. */
    timestampFormat: { useTrait: true, default: 5 as const },
    httpBindings: false,
  };
  const answer = (
    status: number,
    body: string | Uint8Array,
    requestId: string,
    headers: Readonly<Record<string, string>> = {},
  ): WireAnswer => ({
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, ...headers },
    body,
  });

  const readBody = async (
    operation: Operation,
    request: WireRequest,
  ): Promise<Readonly<Record<string, unknown>>> => {
    if (request.body.length === 0 || operation.input.isUnitSchema()) return {};
    const payload = payloadOf(operation.input);
    if (payload !== undefined && !payload.schema.isStructSchema())
      return { [payload.name]: payload.schema.isBlobSchema() ? request.body : bodyText(request) };
    try {
      const parsed: unknown = await new XmlShapeDeserializer(settings).read(
        payload?.schema ?? operation.input,
        bodyText(request),
      );
      if (payload !== undefined) return { [payload.name]: parsed };
      return isRecord(parsed) ? parsed : {};
    } catch (cause) {
      throw new AwsError('InvalidInput', `the body is not XML: ${String(cause)}`, {
        httpStatus: 400,
      });
    }
  };

  return {
    commonErrors: {
      throttled: { code: 'Throttling', status: 400 },
      unknownAccessKey: { code: 'InvalidClientTokenId', status: 403 },
      wrongSignature: { code: 'SignatureDoesNotMatch', status: 403 },
      unknownOperation: { code: 'UnknownOperationException', status: 404 },
    },

    readRequest: requestReader(model, readBody),

    writeAnswer: (operation, output, requestId) => {
      const status = operation.http?.status ?? 200;
      if (operation.output.isUnitSchema()) return answer(status, '', requestId);
      const { headers, document } = headerMembers(operation, output);
      const payload = payloadOf(operation.output);
      const content = payload === undefined ? document : document[payload.name];
      if (content instanceof Uint8Array || typeof content === 'string')
        return answer(status, content, requestId, headers);
      const isEmpty = payload === undefined ? !hasDocument(operation) : content === undefined;
      if (isEmpty) return answer(status, '', requestId, headers);
      const serializer = new XmlShapeSerializer(settings);
      serializer.write(payload?.schema ?? operation.output, content);
      const xml = `<?xml version="1.0" encoding="UTF-8"?>${String(serializer.flush())}`;
      return answer(status, xml, requestId, headers);
    },

    writeError: (error, requestId) => {
      const type = error.status < 500 ? 'Sender' : 'Receiver';
      const inner =
        `<Type>${type}</Type><Code>${escapeXml(error.shape?.queryCode ?? error.code)}</Code>` +
        `<Message>${escapeXml(error.message)}</Message>`;
      const body =
        `<?xml version="1.0"?><ErrorResponse xmlns="${xmlNamespace}"><Error>${inner}</Error>` +
        `<RequestId>${requestId}</RequestId></ErrorResponse>`;
      return answer(error.status, body, requestId);
    },
  };
}

/** Members that travel as headers are no part of the document. */
function headerMembers(
  { output: schema }: Operation,
  output: object,
): { readonly headers: Record<string, string>; readonly document: Record<string, unknown> } {
  const headers: Record<string, string> = {};
  const document: Record<string, unknown> = { ...output };
  for (const [name, member] of schema.structIterator()) {
    const { httpHeader } = member.getMergedTraits();
    const value = document[name];
    if (httpHeader === undefined || !isScalar(value)) continue;
    // Timestamps in headers are HTTP dates unless the model says otherwise.
    headers[httpHeader.toLowerCase()] = value instanceof Date ? value.toUTCString() : `${value}`;
    delete document[name];
  }
  return { headers, document };
}

function isScalar(value: unknown): value is string | number | boolean | Date {
  return ['string', 'number', 'boolean'].includes(typeof value) || value instanceof Date;
}

/** The member that is the body as a whole, where there is one. */
function payloadOf(
  schema: NormalizedSchema,
): { readonly name: string; readonly schema: NormalizedSchema } | undefined {
  for (const [name, member] of schema.structIterator())
    if (member.getMergedTraits().httpPayload !== undefined) return { name, schema: member };
  return undefined;
}

/** Where all members travel as headers there is no document. */
function hasDocument({ output }: Operation): boolean {
  const members = [...output.structIterator()];
  return !(members.length > 0 && members.every(([, member]) => isHeader(member)));
}

function isHeader(member: NormalizedSchema): boolean {
  return member.getMergedTraits().httpHeader !== undefined;
}
