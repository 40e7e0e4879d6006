import type { RequestOutcome } from '#sandbox/data-plane/request-outcome.ts';
import {
  always,
  BLUE,
  BLUE_PODS,
  GREEN,
  GREEN_PODS,
  healthy,
  LISTENER,
  LOAD_BALANCER,
  parse,
  split,
  startFixture,
  tableOf,
  type Fixture,
} from './data-plane-fixture.ts';
import { eventually } from './eventually.ts';
import { withinBinomialBounds } from './statistics.ts';

describe('the data plane', () => {
  let fixture: Fixture;
  afterEach(() => fixture.close());

  const colourCounts = async (
    requests: number,
  ): Promise<{ blue: number; green: number; failed: number }> => {
    const counts = { blue: 0, green: 0, failed: 0 };
    const workers = Array.from({ length: 16 }, async (_, worker) => {
      for (let index = worker; index < requests; index += 16) {
        const { pod, status } = await fixture.get();
        if (status >= 500 || pod === undefined) counts.failed += 1;
        else if (BLUE_PODS.includes(pod)) counts.blue += 1;
        else counts.green += 1;
      }
    });
    await Promise.all(workers);
    return counts;
  };

  it('spreads requests by weight, round robin over healthy targets', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(tableOf([split(75, 25)]));
    await healthy(fixture, BLUE, 2);
    await healthy(fixture, GREEN, 2);

    const counts = await colourCounts(1_200);

    expect(counts.failed).toBe(0);
    expect(withinBinomialBounds(counts.green, 1_200, 0.25)).toBe(true);
    const [first = 0, second = 0] = BLUE_PODS.map((pod) => fixture.pods.served.get(pod));
    expect(Math.abs(first - second)).toBeLessThanOrEqual(1);
    expect(fixture.dataPlane.totals(LOAD_BALANCER)).toMatchObject({
      requests: 1_200,
      target2xx: 1_200,
      elb5xx: 0,
    });
    expect(fixture.dataPlane.totals(GREEN).requests).toBe(counts.green);
  });

  it('sends nothing to weight 0, yet probes the group so that it can be healthy beforehand', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(tableOf([split(100, 0)]));
    await healthy(fixture, GREEN, 2);

    const counts = await colourCounts(500);

    expect(counts).toEqual({ blue: 500, green: 0, failed: 0 });
  });

  it('changes over within the propagation delay, node by node', async () => {
    fixture = await startFixture({ propagation: { minMs: 700, maxMs: 1_000 } });
    fixture.dataPlane.pushRouting(tableOf([split(100, 0)]), 'at-once');
    await healthy(fixture, GREEN, 2);
    fixture.dataPlane.pushRouting(tableOf([split(0, 100)]));

    expect(fixture.dataPlane.isSettled(LOAD_BALANCER)).toBe(false);
    expect(BLUE_PODS).toContain((await fixture.get()).pod);
    await eventually('all nodes settled', () => fixture.dataPlane.isSettled(LOAD_BALANCER));

    expect((await colourCounts(100)).green).toBe(100);
    const delays = fixture.dataPlane
      .nodeChanges(LOAD_BALANCER)
      .filter((change) => change.version === 2)
      .map((change) => change.appliedAtMs - change.pushedAtMs);
    expect(delays).toHaveLength(2);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(690);
  });

  it('lets a newer table win over an older one that is still under way', async () => {
    fixture = await startFixture({ propagation: { minMs: 0, maxMs: 300 }, seed: 11 });
    for (let weight = 1; weight <= 10; weight += 1) {
      fixture.dataPlane.pushRouting(tableOf([split(weight % 2, (weight + 1) % 2)]));
    }
    await eventually('all nodes settled', () => fixture.dataPlane.isSettled(LOAD_BALANCER));
    await healthy(fixture, GREEN, 2);

    expect((await colourCounts(60)).green).toBe(60);
    for (const node of ['node-0', 'node-1']) {
      const versions = fixture.dataPlane
        .nodeChanges(LOAD_BALANCER)
        .filter((change) => change.node === node)
        .map((change) => change.version);
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
    }
  });

  it('takes the first rule that matches and answers fixed responses and redirects itself', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(
      tableOf([
        {
          ruleArn: 'smoke',
          conditions: [{ kind: 'http-header', name: 'x-smoke', values: ['s3cret'] }],
          action: { kind: 'forward', targetGroups: [{ targetGroupArn: GREEN, weight: 1 }] },
        },
        {
          ruleArn: 'moved',
          conditions: [{ kind: 'path-pattern', values: ['/old/*'] }],
          action: {
            kind: 'redirect',
            statusCode: 301,
            protocol: '#{protocol}',
            host: '#{host}',
            port: '443',
            path: '/new/#{path}',
            query: '#{query}',
          },
        },
        {
          ruleArn: 'teapot',
          conditions: [{ kind: 'path-pattern', values: ['/tea'] }],
          action: {
            kind: 'fixed-response',
            statusCode: 418,
            contentType: 'text/plain',
            body: 'short',
          },
        },
        split(1, 0),
      ]),
    );
    await healthy(fixture, GREEN, 2);
    await healthy(fixture, BLUE, 2);

    expect(GREEN_PODS).toContain((await fixture.get('/', { 'x-smoke': 's3cret' })).pod);
    expect(BLUE_PODS).toContain((await fixture.get('/', { 'x-smoke': 'wrong' })).pod);
    expect(await fixture.get('/tea')).toMatchObject({ status: 418, body: 'short' });
    const moved = await fixture.get('/old/a?b=c');
    expect(moved.status).toBe(301);
    expect(moved.headers.location).toBe('http://127.0.0.1:443/new/old/a?b=c');
  });

  it('passes the request on with the headers an ALB adds', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(tableOf([split(1, 0)]));
    await healthy(fixture, BLUE, 2);

    await fixture.get('/orders?x=1', { 'x-forwarded-for': '203.0.113.7' });

    const seen = fixture.pods.lastRequest();
    expect(seen?.url).toBe('/orders?x=1');
    expect(seen?.headers['x-forwarded-for']).toBe('203.0.113.7, 127.0.0.1');
    expect(seen?.headers['x-forwarded-port']).toBe(String(fixture.port));
    expect(seen?.headers['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(seen?.headers.host).toBe(`127.0.0.1:${fixture.port}`);
  });

  it('keeps a sticky client on blue after blue fell to weight 0', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(tableOf([split(1, 0, 600)]));
    await healthy(fixture, GREEN, 2);
    await healthy(fixture, BLUE, 2);
    const cookie = String((await fixture.get()).headers['set-cookie']).split(';')[0] ?? '';
    fixture.dataPlane.pushRouting(tableOf([split(0, 1, 600)]));

    expect(BLUE_PODS).toContain((await fixture.get('/', { cookie })).pod);
    expect(GREEN_PODS).toContain((await fixture.get()).pod);
  });

  it('answers 503 itself where no rule, no weight or no target is', async () => {
    fixture = await startFixture();

    expect((await fixture.get()).status).toBe(503);
    fixture.dataPlane.pushRouting(tableOf([split(0, 0)]));
    expect((await fixture.get()).status).toBe(503);
    fixture.dataPlane.pushRouting(tableOf([split(0, 1)]));
    for (const pod of GREEN_PODS) fixture.dataPlane.targetGroup(GREEN)?.deregister(parse(pod));
    const answer = await fixture.get();
    expect(answer.status).toBe(503);
    expect(answer.headers.server).toBe('awselb/2.0');
    expect(fixture.dataPlane.totals(GREEN)).toMatchObject({ elb5xx: 1, target5xx: 0 });
  });

  it('makes a 502 of its own out of a refused and of a reset connection', async () => {
    fixture = await startFixture();
    const outcomes: RequestOutcome[] = [];
    fixture.dataPlane.onOutcome((outcome) => outcomes.push(outcome));
    fixture.dataPlane.pushRouting(tableOf([split(0, 1)]));
    await healthy(fixture, GREEN, 2);
    for (const pod of GREEN_PODS) fixture.pods.set(pod, { kind: 'resets' });

    const reset = await fixture.get();

    expect(reset.status).toBe(502);
    for (const pod of GREEN_PODS) fixture.dataPlane.targetGroup(GREEN)?.deregister(parse(pod));
    fixture.dataPlane.targetGroup(GREEN)?.register(parse('10.9.9.9:8080'));
    expect((await fixture.get()).status).toBe(502);
    expect(outcomes).toMatchObject([
      {
        answeredBy: 'load-balancer',
        targetGroupArn: GREEN,
        statusCode: 502,
        connectionError: false,
      },
      {
        answeredBy: 'load-balancer',
        targetGroupArn: GREEN,
        statusCode: 502,
        connectionError: true,
      },
    ]);
    expect(fixture.dataPlane.totals(GREEN)).toMatchObject({
      elb5xx: 2,
      target5xx: 0,
      connectionErrors: 1,
    });
  });

  it('answers 504 where a target stays silent beyond the idle timeout', async () => {
    fixture = await startFixture();
    fixture.dataPlane.pushRouting(tableOf([split(0, 1)], 200));
    await healthy(fixture, GREEN, 2);
    for (const pod of GREEN_PODS) fixture.pods.set(pod, { kind: 'silent' });

    expect((await fixture.get()).status).toBe(504);
  });

  it('frees its port when a listener is closed', async () => {
    fixture = await startFixture();
    await fixture.dataPlane.closeListener(LISTENER);

    await expect(fixture.get()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await fixture.dataPlane.openListener(LOAD_BALANCER, LISTENER, fixture.port)).toBe(
      fixture.port,
    );
    await expect(
      fixture.dataPlane.openListener(LOAD_BALANCER, 'arn:listener/other', fixture.port),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
    fixture.dataPlane.pushRouting(
      tableOf([
        always({ kind: 'fixed-response', statusCode: 200, contentType: 'text/plain', body: 'ok' }),
      ]),
    );
    expect((await fixture.get()).body).toBe('ok');
  });
});
