/** The few pieces of DER (ITU-T X.690) that a certificate is made of. Used by self-signed-certificate.ts only. */

/** A value with its tag and length. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts);
export const text = (value: string): Buffer => der(0x0c, Buffer.from(value, 'utf8'));
export const octets = (value: Uint8Array): Buffer => der(0x04, value);
export const yes = (): Buffer => der(0x01, Buffer.from([0xff]));
/** Whole bytes: no bit is unused. */
export const bits = (value: Uint8Array): Buffer => der(0x03, Buffer.from([0]), value);
/** Something constructed that only its place gives a meaning, such as `[3]`. */
export const placed = (place: number, ...parts: readonly Uint8Array[]): Buffer =>
  der(0xa0 + place, ...parts);

/** Never negative: a leading zero byte keeps the sign bit clear. */
export function integer(value: Uint8Array): Buffer {
  const isHigh = ((value[0] ?? 0) & 0x80) !== 0;
  return der(0x02, Buffer.from(isHigh ? [0] : []), value);
}

/** Dotted, as in `1.2.840.10045.4.3.2`. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

/** `YYYYMMDDHHMMSSZ` */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/gu, '');
  return der(0x18, Buffer.from(digits, 'latin1'));
}

function base128(value: number): readonly number[] {
  const last = value & 0x7f;
  const before = value >>> 7;
  return before === 0 ? [last] : [...base128(before).map((byte) => byte | 0x80), last];
}

function lengthOf({ length }: Uint8Array): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = length < 0x100 ? [length] : [length >>> 8, length & 0xff];
  return Buffer.from([0x80 + bytes.length, ...bytes]);
}
