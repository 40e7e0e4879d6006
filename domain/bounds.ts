/**
 * Keeps what comes from outside within the state's 64 KB (DESIGN section 6), measured as the JSON that Temporal
 * stores. Called by the message reducer for everything that people and the guard write.
 */

/** Bytes of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  let bytes = 0;
  for (const character of JSON.stringify(value)) bytes += utf8Bytes(character.codePointAt(0) ?? 0);
  return bytes;
}

/**
 * The text, or as much of its head as fits into `maxBytes` of JSON with an ellipsis. Never half a character: a lone
 * surrogate could not be shown.
 */
export function clip(text: string, maxBytes: number): string {
  const whole = text.toWellFormed();
  if (jsonBytes(whole) - QUOTES_BYTES <= maxBytes) return whole;
  let head = '';
  let bytes = utf8Bytes(ELLIPSIS.codePointAt(0) ?? 0);
  for (const character of whole) {
    bytes += jsonBytes(character) - QUOTES_BYTES;
    if (bytes > maxBytes) break;
    head += character;
  }
  return `${head}${ELLIPSIS}`;
}

/** The newest (last) items, at most `count`, that together take at most `bytes` of JSON. */
export function newestThatFit<Item>(
  items: readonly Item[],
  most: { readonly count: number; readonly bytes: number },
): readonly Item[] {
  let bytes = 0;
  const tooOld = items.findLastIndex((item, index) => {
    bytes += jsonBytes(item) + COMMA_BYTES;
    return bytes > most.bytes || items.length - index > most.count;
  });
  return items.slice(tooOld + 1);
}

const ELLIPSIS = '…';
const QUOTES_BYTES = 2;
const COMMA_BYTES = 1;

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
