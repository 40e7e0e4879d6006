import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { CutoverFailure } from '#domain/failures.ts';
import { nameOfPlace, type DnsTarget, type Route53Place } from '#domain/traffic/route-place.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { DnsAnswers } from '#activities/ports/dns-answers.ts';
import { decodeAnswer, encodeQuestion, type DnsAnswer } from './dns-message.ts';

/**
 * What the name servers of a zone tell the world: questions over UDP to the servers themselves, evenly over all of them, so
 * that nothing is cached on the way. An answer is a colour's when its address is one of that load balancer's, or its name
 * is. A load balancer has more addresses than one look shows, so they are looked up before and after; an answer that fits
 * neither is counted as such and never guessed.
 */
export interface DnsAnswersOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  /**
   * `host:port` of servers to ask instead of the zone's own, for networks that let no DNS out but to their own forwarders, which
   * must not cache. @default none: the zone's servers on port 53
   */
  readonly servers?: readonly string[] | undefined;
}

const DNS_PORT = 53;
/** One question's answer is waited for this long; lost packets are asked again, by another server. */
const ANSWER_WITHIN_MS = 1_500;
const ATTEMPTS = 3;
/** At once, and a pause between: about a hundred questions a second, which no name server minds. */
const AT_ONCE = 10;
const PAUSE_MS = 100;

export function createDnsAnswers({ clock, servers }: DnsAnswersOptions): DnsAnswers {
  return {
    sample: async (route, count, signal) => {
      const asked = servers ?? route.nameServers.map((name) => `${name}:${DNS_PORT}`);
      if (asked.length === 0) return null;
      const addresses = new Map<Colour, Set<string>>();
      await lookUp(route, addresses);
      const answers: DnsAnswer[] = [];
      for (let begun = 0; begun < count; begun += AT_ONCE) {
        const many = Math.min(AT_ONCE, count - begun);
        answers.push(
          ...(await Promise.all(
            Array.from({ length: many }, async (_, i) => ask(route, asked, begun + i, signal)),
          )),
        );
        await clock.sleep(PAUSE_MS, signal);
      }
      await lookUp(route, addresses);
      const colours = answers.map((answer) => colourOf(route, addresses, answer));
      const of = (colour: Colour | null): number => colours.filter((one) => one === colour).length;
      return { blue: of('blue'), green: of('green'), other: of(null) };
    },
  };
}

type Colour = 'blue' | 'green';

async function lookUp(route: Route53Place, addresses: Map<Colour, Set<string>>): Promise<void> {
  if (route.recordType === 'CNAME') return;
  const family = route.recordType === 'AAAA' ? 6 : 4;
  const targets: readonly (readonly [Colour, DnsTarget])[] = [
    ['blue', route.blueTarget],
    ['green', route.greenTarget],
  ];
  for (const [colour, { dnsName }] of targets) {
    const name = dnsName.replace(/\.$/u, '');
    const found = isIPv4(name)
      ? [{ address: name }]
      : // What is not there now may be there at the other look.
        await lookup(name, { all: true, family }).catch(() => []);
    const known = addresses.get(colour) ?? new Set<string>();
    for (const { address } of found) known.add(address.toLowerCase());
    addresses.set(colour, known);
  }
}

/** Null for an answer that is no single colour's. */
function colourOf(
  { blueTarget, greenTarget }: Route53Place,
  addresses: ReadonlyMap<Colour, ReadonlySet<string>>,
  { values }: DnsAnswer,
): Colour | null {
  const isOf = (colour: Colour, target: DnsTarget): boolean =>
    values.some((value) => value === target.dnsName || addresses.get(colour)?.has(value) === true);
  const [blue, green] = [isOf('blue', blueTarget), isOf('green', greenTarget)];
  if (blue === green) return null;
  return blue ? 'blue' : 'green';
}

async function ask(
  route: Route53Place,
  servers: readonly string[],
  turn: number,
  signal: AbortSignal,
): Promise<DnsAnswer> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const server = servers[(turn + attempt) % servers.length] ?? '';
    const answer = await askOne(route, server, signal);
    signal.throwIfAborted();
    if (answer !== null && !answer.isError) return answer;
  }
  throw new CutoverFailure(
    'unavailable',
    `its name servers do not answer (${servers.join(', ')})`,
    {
      resource: nameOfPlace(route),
    },
  );
}

/** Null when nothing came in time. */
async function askOne(
  { recordName, recordType }: Route53Place,
  server: string,
  signal: AbortSignal,
): Promise<DnsAnswer | null> {
  const port = server.lastIndexOf(':');
  const id = randomInt(0x10000);
  // A wildcard stands for any name.
  const name = recordName.replace(/^\\052\./u, 'cutover-sample.');
  const socket = createSocket('udp4');
  const { promise, resolve } = Promise.withResolvers<DnsAnswer | null>();
  const giveUp = (): void => resolve(null);
  const timer = setTimeout(giveUp, ANSWER_WITHIN_MS);
  signal.addEventListener('abort', giveUp, { once: true });
  socket.on('error', giveUp);
  socket.on('message', (packet) => {
    const answer = decodeAnswer(packet);
    if (answer?.id === id) resolve(answer);
  });
  socket.send(
    encodeQuestion(id, name, recordType),
    Number(server.slice(port + 1)),
    server.slice(0, port),
    (failure) => {
      if (failure !== null) giveUp();
    },
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    socket.close();
  }
}
