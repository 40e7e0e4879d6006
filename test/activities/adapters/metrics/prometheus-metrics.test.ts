import {
  createPrometheusApi,
  type PrometheusApi,
} from '#activities/adapters/metrics/prometheus-api.ts';
import { createPrometheusMetrics } from '#activities/adapters/metrics/prometheus-metrics.ts';
import type { MetricSource } from '#activities/ports/traffic-metrics.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import { startLocalServer, type LocalServer } from '#test/support/local-server.ts';

/** Prometheus's peculiarities, by a server that answers what each test wants. */
const { signal } = new AbortController();
const START = 1_800_000_000;
const source = (url: string): PrometheusSource => ({
  with: 'prometheus',
  url,
  queries: {
    requests: 'requests {{cluster}} {{period}}',
    errors: 'errors {{cluster}}',
    p99: 'p99 {{cluster}} {{blue}} {{green}}',
  },
  latencyUnit: 's',
  periodSeconds: 5,
  latenessSeconds: 2,
});

type PrometheusSource = Extract<MetricSource, { readonly with: 'prometheus' }>;

type Values = readonly (readonly [number, string])[];
interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly raw?: string;
}

let server: LocalServer;
let api: PrometheusApi;
let asked: URLSearchParams[];

/** Answers by the query as it was sent. */
async function answering(
  answer: (query: string, question: URLSearchParams) => Answer | 'silence',
  requestTimeoutMs = 10_000,
): Promise<void> {
  asked = [];
  server = await startLocalServer(({ body }, response) => {
    const question = new URLSearchParams(body);
    asked.push(question);
    const given = answer(question.get('query') ?? '', question);
    if (given === 'silence') return;
    response.writeHead(given.status ?? 200).end(given.raw ?? JSON.stringify(given.body));
  });
  api = createPrometheusApi({
    tokenOf: (name) => (name === 'prod' ? 's3cret' : undefined),
    requestTimeoutMs,
  });
}
afterEach(async () => {
  await api.close();
  await server.stop();
});

const matrix = (...series: readonly Values[]): Answer => ({
  body: {
    status: 'success',
    data: {
      resultType: 'matrix',
      result: series.map((values, index) => ({ metric: { n: String(index) }, values })),
    },
  },
});

/** Values of green's series by the first word of its query, at the ends of the first periods. */
function green(by: Readonly<Record<string, readonly string[]>>) {
  return (query: string): Answer => {
    const [measure = '', cluster] = query.split(' ');
    const values = cluster === 'shop-green' ? by[measure] : undefined;
    return values === undefined
      ? matrix()
      : matrix(values.map((value, index) => [START + 5 * (index + 1), value] as const));
  };
}

async function read(
  changes: Partial<PrometheusSource> = {},
  toSeconds = START + 15,
): Promise<readonly ColourPoint[]> {
  const query = {
    access: { account: '111122223333', region: 'eu-west-1' },
    source: { ...source(server.url), ...changes },
    blueCluster: 'shop-blue',
    greenCluster: 'shop-green',
    routes: [],
    fromSeconds: START,
    toSeconds,
  };
  return (await createPrometheusMetrics({ prometheus: api }).read(query, signal)).green;
}

describe('traffic by Prometheus', () => {
  it('is asked for per colour at the end of each closed period, with the placeholders filled in', async () => {
    await answering(green({}));

    await read();

    const questions = asked.map((question) => question.get('query'));
    expect(new Set(questions)).toEqual(
      new Set([
        'errors shop-blue',
        'errors shop-green',
        'p99 shop-blue shop-blue shop-green',
        'p99 shop-green shop-blue shop-green',
        'requests shop-blue 5s',
        'requests shop-green 5s',
      ]),
    );
    expect(asked[0]?.get('start')).toBe(String(START + 5));
    expect(asked[0]?.get('end')).toBe(String(START + 15));
    expect(asked[0]?.get('step')).toBe('5');
  });

  it('is missing where requests are absent, 0 or no number, and has no errors where those are absent', async () => {
    await answering(green({ requests: ['10.4', '0', 'NaN'], p99: ['0.25'] }));

    expect(await read()).toEqual([
      { startSeconds: START, requests: 10, errors: 0, p50Ms: null, p90Ms: null, p99Ms: 250 },
    ]);
  });

  it('takes errors that are no number for missing, never for none (I4)', async () => {
    await answering(green({ requests: ['10', '10'], errors: ['NaN', '3'] }));

    expect(await read()).toMatchObject([{ startSeconds: START + 5, errors: 3 }]);
  });

  it('knows no latency where the quantile is infinite, and milliseconds where the plan says so', async () => {
    await answering(green({ requests: ['10', '10'], p99: ['+Inf', '80'] }));

    expect(await read({ latencyUnit: 'ms' })).toMatchObject([{ p99Ms: null }, { p99Ms: 80 }]);
  });

  it('is empty for an empty window, without a question', async () => {
    await answering(green({ requests: ['1'] }));

    expect(await read({}, START)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('is put together from ranges that a server answers', async () => {
    await answering((query, question) =>
      query.startsWith('requests shop-green')
        ? matrix([[Number(question.get('end')), '7']])
        : matrix(),
    );

    const points = await read({}, START + 5 * 25_000);

    expect(points).toHaveLength(3);
    expect(points.at(-1)?.startSeconds).toBe(START + 5 * 24_999);
    const longest = Math.max(
      ...asked.map((one) => (Number(one.get('end')) - Number(one.get('start'))) / 5 + 1),
    );
    expect(longest).toBe(10_000);
  });

  it('refuses a query that answers several series: which one would be the truth?', async () => {
    await answering((query) =>
      query.startsWith('requests') ? matrix([[START + 5, '1']], [[START + 5, '2']]) : matrix(),
    );

    await expect(read()).rejects.toMatchObject({
      type: 'invalid-request',
      message: expect.stringContaining('2 series'),
    });
  });
});

describe('a Prometheus', () => {
  it('gets the token that the worker holds under that name, and its failures do not show it', async () => {
    await answering(() => ({ status: 401, body: { status: 'error', error: 'who are you?' } }));

    const failure: unknown = await read({ token: 'prod' }).catch((cause: unknown) => cause);

    expect(server.received[0]?.headers.authorization).toBe('Bearer s3cret');
    expect(failure).toMatchObject({ type: 'access-denied' });
    expect(String(failure)).not.toContain('s3cret');
  });

  it('is not asked when the worker holds no such token', async () => {
    await answering(green({}));

    await expect(read({ token: 'other' })).rejects.toMatchObject({ type: 'credentials-missing' });
    expect(asked).toEqual([]);
  });

  it.each([
    ['invalid-request', 400, { status: 'error', error: 'parse error' }],
    ['invalid-request', 422, { status: 'error', error: 'cannot be executed' }],
    ['not-found', 404, 'nothing here'],
    ['throttled', 429, { status: 'error', error: 'slow down' }],
    ['unavailable', 503, { status: 'error', error: 'timed out' }],
    [
      'unavailable',
      200,
      {
        status: 'success',
        warnings: ['a store did not answer'],
        data: { resultType: 'matrix', result: [] },
      },
    ],
    ['unavailable', 200, { status: 'success', data: { resultType: 'vector', result: [] } }],
    ['unavailable', 200, '<html>a login page</html>'],
    ['unavailable', 302, ''],
  ] as const)('is %s when it answers %d %j', async (type, status, body) => {
    await answering(() => (typeof body === 'string' ? { status, raw: body } : { status, body }));

    await expect(read()).rejects.toMatchObject({ type });
  });

  it('that says nothing is unavailable in time', async () => {
    await answering(() => 'silence', 200);

    await expect(read()).rejects.toMatchObject({ type: 'unavailable' });
  });

  it('that is not there is unavailable', async () => {
    await answering(green({}));

    await expect(read({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      type: 'unavailable',
    });
  });
});
