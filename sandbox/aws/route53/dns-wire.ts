/**
 * The little of the DNS wire format (RFC 1035, 4.1) that an authoritative name server needs: one question in, its answer out.
 * Called by name-server.ts.
 */
export interface DnsQuestion {
  readonly id: number;
  readonly recursionDesired: boolean;
  /** With the final dot, as asked. */
  readonly name: string;
  readonly type: number;
  /** The question section as it came, to be sent back. */
  readonly section: Buffer;
}

export const TYPES = { A: 1, CNAME: 5, TXT: 16, AAAA: 28 } as const;

export interface DnsRecord {
  readonly type: number;
  readonly ttlSeconds: number;
  readonly data: Buffer;
}

const HEADER_BYTES = 12;
const NO_ERROR = 0;
const NO_SUCH_NAME = 3;

/** Undefined for whatever is no single question. */
export function readQuestion(packet: Buffer): DnsQuestion | undefined {
  if (packet.length < HEADER_BYTES || packet.readUInt16BE(4) !== 1) return undefined;
  const flags = packet.readUInt16BE(2);
  if ((flags & 0x8000) !== 0) return undefined;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = packet[at] ?? 0; length > 0; length = packet[at] ?? 0) {
    labels.push(packet.subarray(at + 1, at + 1 + length).toString('latin1'));
    at += 1 + length;
    if (at >= packet.length) return undefined;
  }
  const end = at + 5;
  if (packet.length < end) return undefined;
  return {
    id: packet.readUInt16BE(0),
    recursionDesired: (flags & 0x0100) !== 0,
    name: `${labels.join('.')}.`,
    type: packet.readUInt16BE(at + 1),
    section: packet.subarray(HEADER_BYTES, end),
  };
}

/** @param records null: there is no such name */
export function writeAnswer(question: DnsQuestion, records: readonly DnsRecord[] | null): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(question.id, 0);
  // An answer, authoritative; recursion is not offered.
  const flags = 0x8400 | (question.recursionDesired ? 0x0100 : 0);
  header.writeUInt16BE(flags | (records === null ? NO_SUCH_NAME : NO_ERROR), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records?.length ?? 0, 6);
  const answers = (records ?? []).map(({ type, ttlSeconds, data }) => {
    const fixed = Buffer.alloc(12);
    // A pointer to the name in the question.
    fixed.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
    fixed.writeUInt16BE(type, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt32BE(ttlSeconds, 6);
    fixed.writeUInt16BE(data.length, 10);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([header, question.section, ...answers]);
}

export function addressData(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

export function nameData(name: string): Buffer {
  const labels = name.replace(/\.$/u, '').split('.');
  const parts = labels.map((label) =>
    Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
  );
  return Buffer.concat([...parts, Buffer.from([0])]);
}
