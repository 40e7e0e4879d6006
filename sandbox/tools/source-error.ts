/** One place a tool can come from did not have it, or gave something else than was pinned; the next place is tried. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}
