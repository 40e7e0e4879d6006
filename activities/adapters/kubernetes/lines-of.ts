import { CutoverFailure } from '#domain/failures.ts';

/**
 * Some lines of a long text, read piece by piece: the metrics of a busy API server are tens of megabytes, of which a few lines are
 * wanted.
 */

/** Ten times what a large cluster's API server shows. Bytes. */
const MOST_BYTES = 200 * 1024 * 1024;
/** Nobody who writes metrics writes longer lines; a line without end must not fill the memory. Characters. */
const LONGEST_LINE = 64 * 1024;

/** Those that begin with `start`. Fails `limit-exceeded` when the text is longer than {@link MOST_BYTES}. @param name as it appears in failures */
export async function linesOf(
  pieces: AsyncIterable<Uint8Array>,
  start: string,
  name: string,
): Promise<readonly string[]> {
  const decoder = new TextDecoder();
  const kept: string[] = [];
  const keep = (line: string): void => {
    if (line.startsWith(start)) kept.push(line.slice(0, LONGEST_LINE));
  };
  let begun = '';
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.byteLength;
    if (bytes > MOST_BYTES)
      throw new CutoverFailure('limit-exceeded', `the text is longer than ${MOST_BYTES} bytes`, {
        resource: name,
      });
    const lines = (begun + decoder.decode(piece, { stream: true })).split('\n');
    begun = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of lines) keep(line);
  }
  keep(begun);
  return kept;
}
