import { RequestLog, type RequestRecord } from '#sandbox/traffic/request-log.ts';
import { bucketed, failuresOf, summarise } from '#sandbox/traffic/traffic-summary.ts';

const at = (sentAtMs: number, change: Partial<RequestRecord> = {}): RequestRecord => ({
  sentAtMs,
  latencyMs: 10,
  status: 200,
  colour: 'blue',
  path: '/',
  failure: '',
  ...change,
});

function logOf(records: readonly RequestRecord[]): RequestLog {
  const log = new RequestLog();
  for (const record of records) log.append(record);
  return log;
}

describe('a traffic summary', () => {
  const log = logOf([
    at(1_000, { latencyMs: 5 }),
    at(1_500, { colour: 'green', latencyMs: 30 }),
    at(2_000, { colour: 'green', status: 503 }),
    at(2_500, { colour: '', status: 502 }),
    at(3_000, { colour: '', status: 0, failure: 'ECONNRESET' }),
    at(3_500, { status: 404 }),
  ]);

  it('counts as failed what got no answer or 500 and more, per colour and without colour', () => {
    expect(summarise(log)).toMatchObject({
      requests: 6,
      failed: 3,
      statuses: { '200': 2, '503': 1, '502': 1, '0': 1, '404': 1 },
      colours: {
        blue: { requests: 2, failed: 0, firstFailedAtMs: null },
        green: {
          requests: 2,
          failed: 1,
          share: 2 / 6,
          firstAtMs: 1_500,
          lastAtMs: 2_000,
          firstFailedAtMs: 2_000,
        },
        none: { requests: 2, failed: 2 },
      },
      firstFailedAtMs: 2_000,
      lastFailedAtMs: 3_000,
      forgotten: 0,
    });
  });

  it('takes the start of a stretch in and leaves its end out', () => {
    expect(summarise(log, { fromMs: 1_500, toMs: 2_500 })).toMatchObject({
      fromMs: 1_500,
      toMs: 2_500,
      requests: 2,
      colours: { green: { requests: 2, share: 1, lastAnsweredAtMs: 2_010 } },
    });
  });

  it('of nothing is empty', () => {
    expect(summarise(log, { fromMs: 9_000 })).toMatchObject({
      requests: 0,
      failed: 0,
      colours: {},
      firstFailedAtMs: null,
    });
  });

  it('gives buckets in order of time, aligned, without empty ones', () => {
    expect(bucketed(log, {}, 1_000)).toEqual([
      { atMs: 1_000, requests: 2, failed: 0, colours: { blue: 1, green: 1 } },
      { atMs: 2_000, requests: 2, failed: 2, colours: { green: 1, none: 1 } },
      { atMs: 3_000, requests: 2, failed: 1, colours: { none: 1, blue: 1 } },
    ]);
  });

  it('names failures with their cause', () => {
    expect(failuresOf(log, {}, 2)).toMatchObject([{ status: 503 }, { status: 502 }]);
    expect(failuresOf(log, { fromMs: 3_000 }, 9)).toMatchObject([{ failure: 'ECONNRESET' }]);
  });

  it('gives percentiles by nearest rank', () => {
    const hundred = logOf(
      Array.from({ length: 100 }, (_, index) => at(index, { latencyMs: 100 - index })),
    );

    expect(summarise(hundred).colours['blue']).toMatchObject({ p50Ms: 50, p99Ms: 99 });
  });
});

describe('the request log', () => {
  it('forgets the oldest whole chunks beyond what it keeps, and says how many', () => {
    const log = new RequestLog(1);
    for (let index = 0; index < 65_536 * 3; index += 1) log.append(at(index));

    const summary = summarise(log);

    expect(log.forgotten).toBe(65_536);
    expect(summary).toMatchObject({ requests: 65_536 * 2, forgotten: 65_536 });
    expect(summary.colours['blue']?.firstAtMs).toBe(65_536);
  });
});
