/**
 * The network between the agent's pods: a relay that leads connections to where the cluster's objects say, and a name server for each
 * pod. What a missing part would break is broken here: without kube-proxy on the caller's node no Service's address leads anywhere,
 * without ready DNS endpoints nobody answers names.
 */
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { addressData, readQuestion, TYPES, writeAnswer } from '../aws/route53/dns-wire.ts';
import type { ClusterParts } from './cluster-parts.ts';

/** The cluster's own names end with this. */
const CLUSTER_DOMAIN = '.svc.cluster.local.';
/** Names that the VPC's resolver knows; all others exist nowhere. */
const OUTSIDE = /\.amazonaws\.com\.$/u;
const OUTSIDE_ADDRESS = '198.51.100.10';

interface PodPlace {
  readonly uid: string;
  readonly nodeName: string;
  /** As others reach it in the cluster. */
  readonly podIp: string;
  /** Where its process listens on this machine. */
  readonly listenPort: number;
}

export interface PodNetwork {
  readonly relayPort: number;
  /** Its name server's port, on loopback. */
  add(place: PodPlace): Promise<number>;
  remove(uid: string): void;
  close(): Promise<void>;
}

export async function startPodNetwork(parts: ClusterParts): Promise<PodNetwork> {
  const places = new Map<string, PodPlace>();
  const nameServers = new Map<string, Datagrams>();
  const sockets = new Set<Socket>();

  const portOf = async (caller: PodPlace, host: string): Promise<number | undefined> => {
    const pod = (address: string) => [...places.values()].find(({ podIp }) => podIp === address);
    const direct = pod(host);
    if (direct !== undefined) return direct.listenPort;
    const service = await parts.serviceAt(host);
    if (service === undefined) return undefined;
    if (!(await parts.runsOn('kube-proxy', caller.nodeName))) return undefined;
    const endpoints = await parts.endpointsOf(service.namespace, service.name);
    return endpoints.map(pod).find((place) => place !== undefined)?.listenPort;
  };

  const lead = async (socket: Socket, preface: string, rest: Buffer): Promise<void> => {
    const [uid = '', host = ''] = preface.split(' ');
    const caller = places.get(uid);
    const port = caller === undefined ? undefined : await portOf(caller, host);
    if (port === undefined) {
      socket.resetAndDestroy();
      return;
    }
    const onward = connect(port, '127.0.0.1');
    sockets.add(onward);
    onward.on('error', () => socket.resetAndDestroy());
    onward.on('close', () => sockets.delete(onward));
    onward.write(rest);
    socket.pipe(onward).pipe(socket);
  };

  const relay = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let read = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf('\n');
      if (end === -1) return;
      socket.off('data', onData);
      socket.pause();
      lead(socket, read.subarray(0, end).toString('latin1'), read.subarray(end + 1)).catch(() =>
        socket.resetAndDestroy(),
      );
    };
    socket.on('data', onData);
  });
  const relayPort = await listening(relay);

  return {
    relayPort,
    add: async (place) => {
      const server = createSocket('udp4');
      const answer = async (packet: Buffer, port: number, address: string): Promise<void> => {
        const words = await answerName(parts, place, packet);
        if (words !== undefined) server.send(words, port, address);
      };
      server.on('message', (packet, { port, address }) => {
        // An API server that is away is a resolver that is away.
        answer(packet, port, address).catch(() => undefined);
      });
      await new Promise<void>((resolve) => {
        server.bind(0, '127.0.0.1', resolve);
      });
      places.set(place.uid, place);
      nameServers.set(place.uid, server);
      return server.address().port;
    },
    remove: (uid) => {
      places.delete(uid);
      nameServers.get(uid)?.close();
      nameServers.delete(uid);
    },
    close: async () => {
      for (const server of nameServers.values()) server.close();
      nameServers.clear();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        relay.close(() => {
          resolve();
        });
      });
    },
  };
}

/** Undefined: nobody answers. */
async function answerName(
  parts: ClusterParts,
  { nodeName }: PodPlace,
  packet: Buffer,
): Promise<Buffer | undefined> {
  const question = readQuestion(packet);
  if (question === undefined) return undefined;
  const isReachable = await parts.runsOn('kube-proxy', nodeName);
  if (!isReachable || !(await parts.answersNames())) return undefined;
  const address = await addressFor(parts, question.name.toLowerCase());
  if (address === undefined) return writeAnswer(question, null);
  const record = { type: TYPES.A, ttlSeconds: 5, data: addressData(address) };
  return writeAnswer(question, question.type === TYPES.A ? [record] : []);
}

async function addressFor(parts: ClusterParts, name: string): Promise<string | undefined> {
  if (!name.endsWith(CLUSTER_DOMAIN)) return OUTSIDE.test(name) ? OUTSIDE_ADDRESS : undefined;
  const [service, namespace, ...more] = name.slice(0, -CLUSTER_DOMAIN.length).split('.');
  if (service === undefined || namespace === undefined || more.length > 0) return undefined;
  return parts.addressOf(namespace, service);
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve(portIn(server.address()));
    });
  });
}

function portIn(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  return address.port;
}
