/**
 * S3 from the server's side: restXml with the bucket in front of the path, and errors that nothing wraps. Only addresses of the
 * path style are read (`/BUCKET/KEY`), which is what the SDK sends to an endpoint that is an IP address; the SDK's `x-id` tells
 * operations of one path apart, so a client that sends none meets fewer of them.
 * Sources: docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html, API/ErrorResponses.html
 */
import { restXmlProtocol } from './rest-xml-protocol.ts';
import type { ServiceModel } from './service-model.ts';
import type { WireProtocol } from './wire.ts';
import { escapeXml } from './xml-text.ts';

const XML_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function s3Protocol(model: ServiceModel): WireProtocol {
  const restXml = restXmlProtocol(model, { xmlNamespace: XML_NAMESPACE });
  return {
    commonErrors: {
      throttled: { code: 'SlowDown', status: 503 },
      unknownAccessKey: { code: 'InvalidAccessKeyId', status: 403 },
      wrongSignature: { code: 'SignatureDoesNotMatch', status: 403 },
      unknownOperation: { code: 'MethodNotAllowed', status: 405 },
    },

    readRequest: async (request) => {
      const [, bucket = '', rest = ''] = /^\/([^/]*)(.*)$/su.exec(request.path) ?? [];
      const call = await restXml.readRequest({ ...request, path: rest === '' ? '/' : rest });
      if (call === undefined || bucket === '') return call;
      return { ...call, input: { ...call.input, Bucket: decodeURIComponent(bucket) } };
    },

    writeAnswer: (operation, output, requestId) => {
      const answer = restXml.writeAnswer(operation, output, requestId);
      return { ...answer, headers: { ...answer.headers, 'x-amz-request-id': requestId } };
    },

    writeError: ({ code, status, message }, requestId) => ({
      status,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
      body:
        `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${escapeXml(code)}</Code>` +
        `<Message>${escapeXml(message)}</Message><RequestId>${requestId}</RequestId></Error>`,
    }),
  };
}
