import { isGrpcServiceError } from '@temporalio/client';

/** The gRPC status codes that mean something to us (grpc.io, "Status codes and their use in gRPC"). */
export const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The gRPC code behind an error of the Temporal client, however deep it is wrapped; undefined where there is none. */
export function grpcCodeOf(cause: unknown): number | undefined {
  return grpcErrorOf(cause)?.code;
}

/** What the server said, or the error's own words. */
export function grpcDetailsOf(cause: unknown): string {
  const details = grpcErrorOf(cause)?.details;
  if (details !== undefined && details !== '') return details;
  return cause instanceof Error ? cause.message : String(cause);
}

function grpcErrorOf(
  cause: unknown,
): { readonly code: number; readonly details: string } | undefined {
  for (let error = cause; error instanceof Error; error = error.cause)
    if (isGrpcServiceError(error)) return error;
  return undefined;
}
