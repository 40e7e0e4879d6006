/**
 * The one way for a handler to refuse a call. The core looks the code up in the SDK's model and gives the answer the status,
 * the wire code and the extra members that AWS documents for it; a code the model does not know needs its own `httpStatus`.
 */
export interface AwsErrorOptions {
  /** Members of the error shape besides the message, such as `clusterName` or `validZones`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** HTTP status for codes that are not in the model. @default 400 */
  readonly httpStatus?: number;
}

export class AwsError extends Error {
  /** Shape name (`ResourceInUseException`) or query code (`DuplicateListener`). */
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly httpStatus: number | undefined;

  constructor(code: string, message: string, options: AwsErrorOptions = {}) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.fields = options.fields ?? {};
    this.httpStatus = options.httpStatus;
  }
}
