import type { StopRequest } from '#domain/migration/messages.ts';

/** The story ended before its end because somebody (or the guard, or a failure) asked for it. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly request: StopRequest;

  constructor(request: StopRequest) {
    super(`${request.kind} by ${request.by}: ${request.reason}`);
    this.request = request;
  }
}
