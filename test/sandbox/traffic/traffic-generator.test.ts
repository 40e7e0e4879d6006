import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, type ListenerServer } from '#sandbox/data-plane/listener-server.ts';
import { startTrafficControl, type TrafficControl } from '#sandbox/traffic/traffic-control.ts';
import { startTraffic, type TrafficGenerator } from '#sandbox/traffic/traffic-generator.ts';
import { trafficClient } from '#sandbox/traffic/traffic-client.ts';
import { summarise } from '#sandbox/traffic/traffic-summary.ts';
import { eventually } from '../data-plane/eventually.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const asBlue: Answer = (_request, response) => {
  response.writeHead(200, { 'x-served-by-cluster': 'shop-blue' }).end('ok');
};

describe('the traffic generator', () => {
  let door: ListenerServer;
  let traffic: TrafficGenerator;
  let control: TrafficControl | undefined;
  let answer: Answer = asBlue;

  beforeEach(async () => {
    answer = asBlue;
    control = undefined;
    door = await listenOnLoopback(0, (request, response) => answer(request, response));
  });
  afterEach(async () => {
    await control?.close();
    await door.close();
    await traffic.stop();
  });

  const start = (
    options: { requestsPerSecond?: number; sessions?: number; timeoutMs?: number } = {},
  ): void => {
    traffic = startTraffic({
      target: `http://127.0.0.1:${door.port}`,
      requestsPerSecond: options.requestsPerSecond ?? 500,
      sessions: options.sessions ?? 0,
      timeoutMs: options.timeoutMs ?? 5_000,
    });
  };
  const requestsAtLeast = (count: number): Promise<unknown> =>
    eventually(`${count} requests`, () => summarise(traffic.log).requests >= count);

  it('records colour, status, latency and time of each request over kept connections', async () => {
    const sockets = new Set<unknown>();
    let asked = 0;
    answer = (request, response) => {
      asked += 1;
      sockets.add(request.socket);
      asBlue(request, response);
    };
    const startedAtMs = Date.now();
    start();
    await requestsAtLeast(200);

    const summary = summarise(traffic.log);

    expect(summary.failed).toBe(0);
    expect(summary.colours['shop-blue']).toMatchObject({ requests: summary.requests, share: 1 });
    expect(summary.colours['shop-blue']?.firstAtMs).toBeGreaterThanOrEqual(startedAtMs);
    // How many it needs depends on how the machine bunches requests; without keeping any it would be one for each.
    expect(sockets.size).toBeLessThan(asked);
  });

  it('keeps its pace however slow the answers are', async () => {
    const held: ServerResponse[] = [];
    answer = (_request, response) => void held.push(response);
    start({ requestsPerSecond: 400 });

    await eventually('many requests wait', () => held.length >= 100);

    expect(traffic.underway()).toBeGreaterThanOrEqual(100);
    for (const response of held) response.end();
    answer = asBlue;
    await requestsAtLeast(100);
  });

  it('records requests that get no answer, with the reason', async () => {
    answer = (request) => request.socket.resetAndDestroy();
    start();
    await requestsAtLeast(20);

    const summary = summarise(traffic.log);

    expect(summary.failed).toBe(summary.requests);
    expect(summary.colours['none']?.failed).toBe(summary.requests);
    expect([...traffic.log.between(0, Infinity)].every(({ failure }) => failure !== '')).toBe(true);
  });

  it('gives each session its own cookies', async () => {
    let issued = 0;
    const comebacks = new Set<string>();
    answer = (request, response) => {
      const cookie = request.headers.cookie;
      if (cookie !== undefined) comebacks.add(cookie);
      issued += 1;
      response.writeHead(
        200,
        cookie === undefined ? { 'set-cookie': `AWSALBTG=u${issued}; Path=/` } : {},
      );
      response.end();
    };
    start({ sessions: 5, requestsPerSecond: 300 });
    await requestsAtLeast(150);

    expect(comebacks.size).toBeGreaterThanOrEqual(2);
    expect([...comebacks].every((cookie) => /^AWSALBTG=u\d+$/.test(cookie))).toBe(true);
  });

  it('stops after every request that was sent has been recorded', async () => {
    const held: ServerResponse[] = [];
    answer = (_request, response) => void held.push(response);
    start();
    await eventually('some requests wait', () => held.length >= 5);
    const stopped = traffic.stop();
    answer = asBlue;
    await eventually('all answered', () => {
      for (const response of held.splice(0)) response.end();
      return traffic.underway() === 0;
    });
    await stopped;

    const { requests } = summarise(traffic.log);
    expect(requests).toBeGreaterThanOrEqual(5);
    expect(summarise(traffic.log).failed).toBe(0);
  });

  it('is asked and told over HTTP', async () => {
    start({ requestsPerSecond: 300 });
    control = await startTrafficControl(traffic, 0);
    const client = trafficClient(control.origin);
    await requestsAtLeast(50);

    expect(await client.setRate(0)).toMatchObject({ requestsPerSecond: 0 });
    await eventually('quiet', () => traffic.underway() === 0);
    const now = Date.now();
    const summary = await client.summary({ toMs: now });
    const series = await client.series({ toMs: now }, 100);

    expect(summary.requests).toBeGreaterThanOrEqual(50);
    expect(series.reduce((sum, bucket) => sum + bucket.requests, 0)).toBe(summary.requests);
    const quiet = (await client.summary()).requests;
    expect((await client.summary()).requests).toBe(quiet);
    expect(await client.setRate(200)).toMatchObject({
      target: traffic.target,
      requestsPerSecond: 200,
    });
    await requestsAtLeast(quiet + 10);
    await expect(client.setRate(-1)).rejects.toMatchObject({ status: 400 });
  });
});
