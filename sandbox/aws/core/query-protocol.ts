/**
 * AWS query and EC2 query from the server's side (Elastic Load Balancing, IAM, STS; EC2): `Action` names the operation, the form
 * carries the input, answers are XML. A GET with the form in the URL (a presigned call) reads the same.
 * Source: smithy.io/2.0/aws/protocols/aws-query-protocol.html, …/aws-ec2-query-protocol.html
 */
import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { decodeForm, type QueryDialect } from './form-decoder.ts';
import type { Operation, ServiceModel } from './service-model.ts';
import { bodyText, type WireAnswer, type WireProtocol, type WireRequest } from './wire.ts';
import { escapeXml } from './xml-text.ts';

export interface QueryVariant {
  readonly dialect: QueryDialect;
  readonly xmlNamespace: string;
}

export function queryProtocol(model: ServiceModel, variant: QueryVariant): WireProtocol {
  const ec2 = variant.dialect === 'ec2-query';
  const answer = (status: number, body: string, requestId: string): WireAnswer => ({
    status,
    headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
    body,
  });

  return {
    commonErrors: ec2 ? EC2_ERRORS : QUERY_ERRORS,

    readRequest: (request) => {
      const form = formOf(request);
      const operation = model.operations.get(form.get('Action') ?? '');
      if (operation === undefined) return Promise.resolve(undefined);
      const input = operation.input.isUnitSchema()
        ? {}
        : decodeForm(operation.input, form, variant.dialect);
      return Promise.resolve({ operation, input });
    },

    writeAnswer: (operation, output, requestId) => {
      const members = membersXml(operation, output, variant.xmlNamespace);
      const result = operation.output.isUnitSchema()
        ? ''
        : `<${operation.name}Result>${members}</${operation.name}Result>`;
      const content = ec2
        ? `<requestId>${requestId}</requestId>${members}`
        : `${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      const body = `<${operation.name}Response xmlns="${variant.xmlNamespace}">${content}</${operation.name}Response>`;
      return answer(200, body, requestId);
    },

    writeError: (error, requestId) => {
      const code = escapeXml(error.shape?.queryCode ?? error.code);
      const message = escapeXml(error.message);
      if (ec2) {
        const inner = `<Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors>`;
        return answer(
          error.status,
          `<Response>${inner}<RequestID>${requestId}</RequestID></Response>`,
          requestId,
        );
      }
      const type = error.status < 500 ? 'Sender' : 'Receiver';
      const fields = Object.entries(error.fields).map(
        ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
      );
      const inner = `<Type>${type}</Type><Code>${code}</Code><Message>${message}</Message>${fields.join('')}`;
      const body =
        `<ErrorResponse xmlns="${variant.xmlNamespace}"><Error>${inner}</Error>` +
        `<RequestId>${requestId}</RequestId></ErrorResponse>`;
      return answer(error.status, body, requestId);
    },
  };
}

/** docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html */
const QUERY_ERRORS = {
  throttled: { code: 'Throttling', status: 400 },
  unknownAccessKey: { code: 'InvalidClientTokenId', status: 403 },
  wrongSignature: { code: 'SignatureDoesNotMatch', status: 403 },
  unknownOperation: { code: 'InvalidAction', status: 400 },
} as const;

/** docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const EC2_ERRORS = {
  throttled: { code: 'RequestLimitExceeded', status: 503 },
  unknownAccessKey: { code: 'AuthFailure', status: 401 },
  wrongSignature: { code: 'SignatureDoesNotMatch', status: 403 },
  unknownOperation: { code: 'InvalidAction', status: 400 },
} as const;

function formOf(request: WireRequest): URLSearchParams {
  const form = new URLSearchParams(bodyText(request));
  return form.has('Action') ? form : request.query;
}

/** The SDK's serializer wraps the members in an element named after the shape; the protocol wants another name, so it is taken off. */
function membersXml(operation: Operation, output: object, xmlNamespace: string): string {
  if (operation.output.isUnitSchema()) return '';
  const serializer = new XmlShapeSerializer({
    xmlNamespace,
    serviceNamespace: xmlNamespace,
    /** 5 is @smithy/types' TimestampDateTimeSchema. */
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: false,
  });
  serializer.write(operation.output, output);
  const xml = String(serializer.flush());
  const start = xml.indexOf('>') + 1;
  return xml.charAt(start - 2) === '/' ? '' : xml.slice(start, xml.lastIndexOf('</'));
}
