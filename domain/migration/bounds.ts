/**
 * Keeps what comes from outside within the state's 64 KB (DESIGN section 6), measured as the JSON that Temporal
 * stores. Called by the message reducer for everything that people and the guard write.
 */

/** Bytes of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value);
  // What people and programs send is nearly always this, and every message is measured.
  if (/^[\0-\x7f]*$/u.test(text)) return text.length;
  let bytes = 0;
  for (const character of text) bytes += utf8Bytes(character.codePointAt(0) ?? 0);
  return bytes;
}

/**
 * The text, or as much of its head as fits into `maxBytes` of JSON with an ellipsis. Never half a character: a lone
 * surrogate could not be shown.
 */
export function clip(text: string, maxBytes: number): string {
  const whole = text.toWellFormed();
  const wholeBytes = jsonBytes(whole) - QUOTES_BYTES;
  if (wholeBytes <= maxBytes) return whole;
  let bytes = utf8Bytes(ELLIPSIS.codePointAt(0) ?? 0);
  // A byte for each character: nothing needs to be looked at one by one.
  if (wholeBytes === whole.length)
    return `${whole.slice(0, Math.max(0, maxBytes - bytes))}${ELLIPSIS}`;
  let head = '';
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
  const newest = items.slice(Math.max(0, items.length - most.count));
  // The usual case in one measure: a crowd of messages is measured ten thousand times.
  if (jsonBytes(newest) - BRACKETS_BYTES + COMMA_BYTES <= most.bytes) return newest;
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
const BRACKETS_BYTES = 2;

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
