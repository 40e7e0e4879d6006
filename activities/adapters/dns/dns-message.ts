/**
 * The little of the DNS wire format (RFC 1035, 4.1) that asking for addresses needs. Pure; called by `dns-answers.ts`. Node's own
 * resolver is not used, because it caches, and a cached answer says nothing about weights.
 */
export type AddressType = 'A' | 'AAAA' | 'CNAME';

const CODES = { A: 1, CNAME: 5, AAAA: 28 } as const;
const HEADER_BYTES = 12;

/** One question, recursion not desired: it is for the servers that know. @param name with or without the final dot */
export function encodeQuestion(id: number, name: string, type: AddressType): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(1, 4);
  const labels = name.replace(/\.$/u, '').split('.');
  const parts = labels.flatMap((label) => [
    Buffer.from([label.length]),
    Buffer.from(label, 'latin1'),
  ]);
  const end = Buffer.from([0, 0, CODES[type], 0, 1]);
  return Buffer.concat([header, ...parts, end]);
}

export interface DnsAnswer {
  readonly id: number;
  /** Did a server that knows say so, and did it say that all is well? */
  readonly isAuthoritative: boolean;
  readonly isError: boolean;
  /** Addresses or, of a CNAME, the name it leads to (with the final dot, lower case). */
  readonly values: readonly string[];
}

/** Undefined for a packet that is no answer. */
export function decodeAnswer(packet: Buffer): DnsAnswer | undefined {
  try {
    const flags = packet.readUInt16BE(2);
    if ((flags & 0x8000) === 0) return undefined;
    const answers = packet.readUInt16BE(6);
    let at = HEADER_BYTES;
    for (let left = packet.readUInt16BE(4); left > 0; left -= 1) at = nameAt(packet, at).end + 4;
    const values: string[] = [];
    for (let left = answers; left > 0; left -= 1) {
      at = nameAt(packet, at).end;
      const type = packet.readUInt16BE(at);
      const length = packet.readUInt16BE(at + 8);
      const value = valueOf(packet, type, at + 10, length);
      if (value !== null) values.push(value);
      at += 10 + length;
    }
    return {
      id: packet.readUInt16BE(0),
      isAuthoritative: (flags & 0x0400) !== 0,
      isError: (flags & 0x000f) !== 0,
      values,
    };
  } catch {
    // Shorter than it says, or a name without end: reading beyond the packet is all that can fail here.
    return undefined;
  }
}

function valueOf(packet: Buffer, type: number, at: number, length: number): string | null {
  if (type === CODES.A && length === 4) return packet.subarray(at, at + 4).join('.');
  if (type === CODES.AAAA && length === 16)
    return Array.from({ length: 8 }, (_, i) => packet.readUInt16BE(at + 2 * i).toString(16)).join(
      ':',
    );
  return type === CODES.CNAME ? nameAt(packet, at).name.toLowerCase() : null;
}

/** A name, which may end in a pointer to another one; pointers only lead back, so that it always ends. */
function nameAt(packet: Buffer, from: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = from;
  for (;;) {
    const length = packet.readUInt8(at);
    if (length === 0) return { name: [...labels, ''].join('.'), end: at + 1 };
    if (length >= 0xc0) {
      const target = packet.readUInt16BE(at) & 0x3fff;
      if (target >= from) throw new RangeError('a name that points forward');
      return { name: [...labels, nameAt(packet, target).name].join('.'), end: at + 2 };
    }
    labels.push(packet.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
}
