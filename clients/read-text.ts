import { createReadStream } from 'node:fs';
import { printable } from '#domain/plan/problems.ts';

/**
 * Reads a text that a person names. Invariants: never throws because of what the file holds or because it cannot be read;
 * nothing larger than the limit is read into memory. Called by everything that takes a file.
 */
export type ReadText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly found: string; readonly allowed: string };

const BYTES_PER_MB = 1_048_576;

/** @param source a path, or `-` for standard input @param mostBytes a whole number of MB */
export async function readText(
  source: string,
  mostBytes: number,
  standardInput: AsyncIterable<unknown> = process.stdin,
): Promise<ReadText> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    const stream: AsyncIterable<unknown> =
      source === '-' ? standardInput : createReadStream(source);
    for await (const chunk of stream) {
      const part = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
      bytes += part.byteLength;
      if (bytes > mostBytes) return tooLarge(mostBytes / BYTES_PER_MB);
      parts.push(part);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const found = `an unreadable file (${printable(reason)})`;
    return {
      kind: 'unreadable',
      found,
      allowed: 'a file that can be read, or - for standard input',
    };
  }
  try {
    return {
      kind: 'text',
      text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)),
    };
  } catch {
    return { kind: 'unreadable', found: 'bytes that are not UTF-8', allowed: 'UTF-8 text' };
  }
}

function tooLarge(megabytes: number): ReadText {
  return {
    kind: 'unreadable',
    found: `more than ${megabytes} MB`,
    allowed: `at most ${megabytes} MB`,
  };
}
