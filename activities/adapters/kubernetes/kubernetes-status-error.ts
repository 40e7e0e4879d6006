import type { V1Status } from '@kubernetes/client-node';

/**
 * An API server's refusal, as its Status object says it. `known-failures.ts` reads the fields: `name` is the machine-readable
 * reason (`Forbidden`, `AlreadyExists`, `Expired` …). Source: Kubernetes API conventions, "Response Status Kind".
 */
export class KubernetesStatusError extends Error {
  override readonly name: string;
  readonly httpStatus: number;
  /** From the Retry-After header, in seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    httpStatus: number,
    status: { readonly [Field in 'reason' | 'message']?: V1Status[Field] | undefined },
    retryAfterSeconds: number | undefined,
  ) {
    super(status.message ?? `the API server answered ${httpStatus}`);
    this.name = status.reason ?? '';
    this.httpStatus = httpStatus;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
