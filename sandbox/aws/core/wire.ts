/**
 * The seam between HTTP and meaning: a wire protocol reads a request into an operation with its input and writes answers and
 * errors. It knows the model's shapes and nothing of behaviour.
 */
import { gunzipSync } from 'node:zlib';
import type { ErrorShape, Operation } from './service-model.ts';

export interface WireRequest {
  readonly method: string;
  /** Path as sent, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As sent, which is what the signature covers. */
  readonly body: Buffer;
}

/** The body as text; the SDK compresses large ones (CloudWatch's PutMetricData). */
export function bodyText(request: WireRequest): string {
  const compressed = request.headers['content-encoding'] === 'gzip';
  return (compressed ? gunzipSync(request.body) : request.body).toString('utf8');
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface WireError {
  /** Undefined for codes that are not in the service's model. */
  readonly shape: ErrorShape | undefined;
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface OperationCall {
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The protocol's own names for conditions that every service has. */
export interface CommonErrors {
  readonly throttled: { readonly code: string; readonly status: number };
  readonly unknownAccessKey: { readonly code: string; readonly status: number };
  readonly wrongSignature: { readonly code: string; readonly status: number };
  readonly unknownOperation: { readonly code: string; readonly status: number };
}

export interface WireProtocol {
  readonly commonErrors: CommonErrors;
  /** The call in a request, or undefined when it names no operation of the model. Throws `AwsError` for unreadable bodies. */
  readRequest(request: WireRequest): Promise<OperationCall | undefined>;
  writeAnswer(operation: Operation, output: object, requestId: string): WireAnswer;
  writeError(error: WireError, requestId: string): WireAnswer;
}
