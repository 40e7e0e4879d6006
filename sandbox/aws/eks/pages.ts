/** `maxResults` and `nextToken`, as EKS's list calls use them. The token is the offset, opaque to callers. */
import { AwsError } from '../core/aws-error.ts';

export interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** @returns one page and the token of the next; 100 items a page unless fewer are asked for. */
export function page<T>(
  items: readonly T[],
  request: PageRequest,
): { items: T[]; nextToken: string | undefined } {
  const size = request.maxResults ?? 100;
  if (size < 1 || size > 100)
    throw new AwsError('InvalidParameterException', 'maxResults must be between 1 and 100');
  const start = request.nextToken === undefined ? 0 : offsetOf(request.nextToken);
  const end = start + size;
  const nextToken =
    end < items.length ? Buffer.from(`offset:${end}`).toString('base64url') : undefined;
  return { items: items.slice(start, end), nextToken };
}

function offsetOf(token: string): number {
  const match = /^offset:(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) throw new AwsError('InvalidParameterException', 'The nextToken is not valid');
  return Number(match[1]);
}
