/** Paging as Elastic Load Balancing does it: `PageSize` 1–400, and a `Marker` that is opaque to clients. */
import { AwsError } from '../core/aws-error.ts';

const DEFAULT_PAGE_SIZE = 400;

export interface PageRequest {
  readonly Marker?: string | undefined;
  readonly PageSize?: number | undefined;
}

/** @throws AwsError ValidationError for a page size out of range or a marker that was not handed out. */
export function pageOf<T>(
  items: readonly T[],
  { Marker, PageSize = DEFAULT_PAGE_SIZE }: PageRequest,
): { readonly items: T[]; readonly next: string | undefined } {
  if (PageSize < 1 || PageSize > 400) {
    throw new AwsError('ValidationError', 'PageSize must be between 1 and 400');
  }
  const start = Marker === undefined ? 0 : offsetOf(Marker);
  const end = start + PageSize;
  const next = end < items.length ? Buffer.from(`offset ${end}`).toString('base64') : undefined;
  return { items: items.slice(start, end), next };
}

function offsetOf(marker: string): number {
  const offset = /^offset (\d+)$/.exec(Buffer.from(marker, 'base64').toString())?.[1];
  if (offset === undefined) throw new AwsError('ValidationError', `Invalid marker '${marker}'`);
  return Number(offset);
}
