/**
 * One authoritative name server of the emulated account, over UDP on loopback: it answers by the records it knows, which are
 * the API's after a while. Of weighted records one is drawn for every question; all weights 0 are an equal split. An alias is
 * answered with the load balancer's address and a TTL of 60 s. Owned by route53-service.ts.
 * Source: docs Route53/latest/DeveloperGuide/routing-policy-weighted.html, resource-record-sets-values-weighted-alias.html
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Random } from '#sandbox/data-plane/seeded-random.ts';
import { canonicalName } from './dns-names.ts';
import {
  addressData,
  nameData,
  readQuestion,
  TYPES,
  writeAnswer,
  type DnsQuestion,
  type DnsRecord,
} from './dns-wire.ts';

/** Docs: choosing between alias and non-alias records, "TTL". */
const ALIAS_TTL_SECONDS = 60;

export interface NameServerOptions {
  readonly name: string;
  readonly random: Random;
  /** Address of a load balancer by its DNS name (canonical); undefined where there is none. */
  readonly addressOf: (dnsName: string) => string | undefined;
}

export class NameServer {
  readonly name: string;
  readonly #options: NameServerOptions;
  /** By zone id. */
  readonly #known = new Map<string, readonly ResourceRecordSet[]>();
  #socket: Socket | undefined;
  /** Questions answered since the start. */
  answered = 0;

  constructor(options: NameServerOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** `127.0.0.1:PORT`. */
  async listen(): Promise<string> {
    const socket = createSocket('udp4');
    this.#socket = socket;
    socket.on('message', (packet, from) => {
      const question = readQuestion(packet);
      if (question === undefined) return;
      this.answered += 1;
      socket.send(writeAnswer(question, this.#answer(question)), from.port, from.address);
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, '127.0.0.1', () => resolve());
    });
    return `127.0.0.1:${socket.address().port}`;
  }

  /** From now on this server answers for the zone by these. */
  learn(zoneId: string, records: readonly ResourceRecordSet[]): void {
    this.#known.set(zoneId, records);
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  #answer(question: DnsQuestion): readonly DnsRecord[] | null {
    const name = canonicalName(question.name);
    const ofName = [...this.#known.values()].flat().filter(({ Name }) => Name === name);
    if (ofName.length === 0) return null;
    const wanted = ofName.filter(
      ({ Type = '' }) => typeCode(Type) === question.type || Type === 'CNAME',
    );
    const drawn = draw(wanted, this.#options.random);
    return drawn === undefined ? [] : this.#recordsOf(drawn);
  }

  #recordsOf(set: ResourceRecordSet): readonly DnsRecord[] {
    const type = typeCode(set.Type ?? 'A') ?? TYPES.A;
    const { AliasTarget, ResourceRecords = [], TTL: ttlSeconds = 0 } = set;
    if (AliasTarget !== undefined) {
      const address = this.#options.addressOf(AliasTarget.DNSName ?? '');
      if (address === undefined) return [];
      return [{ type, ttlSeconds: ALIAS_TTL_SECONDS, data: addressData(address) }];
    }
    return ResourceRecords.flatMap(({ Value = '' }): readonly DnsRecord[] => {
      if (type === TYPES.CNAME) return [{ type, ttlSeconds, data: nameData(Value) }];
      if (type === TYPES.A && isIPv4(Value))
        return [{ type, ttlSeconds, data: addressData(Value) }];
      return [];
    });
  }
}

function typeCode(type: string): number | undefined {
  return new Map<string, number>(Object.entries(TYPES)).get(type);
}

function draw(sets: readonly ResourceRecordSet[], random: Random): ResourceRecordSet | undefined {
  const total = sets.reduce((sum, { Weight = 1 }) => sum + Weight, 0);
  if (total === 0) return sets[Math.floor(random() * sets.length)];
  let point = Math.floor(random() * total);
  for (const set of sets) {
    const { Weight = 1 } = set;
    if (point < Weight) return set;
    point -= Weight;
  }
  return undefined;
}
