/** The API server said no. Connection failures are not of this class: they stay what undici throws. */
export class KubernetesApiError extends Error {
  override readonly name = 'KubernetesApiError';
  /** HTTP status, such as 404 or 409. */
  readonly status: number;
  /** `reason` of the answered Status object, such as `NotFound` or `Expired`; empty when the body was none. */
  readonly reason: string;
  readonly method: string;
  readonly path: string;

  constructor(details: {
    readonly status: number;
    readonly reason: string;
    readonly message: string;
    readonly method: string;
    readonly path: string;
  }) {
    const { status, reason, message, method, path } = details;
    super(`${message} [method=${method}, path=${path}, status=${String(status)}]`);
    this.status = status;
    this.reason = reason;
    this.method = method;
    this.path = path;
  }
}
