import { readFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Call } from '../../bench/overhead/calls.ts';
import { DifferentCallsError, median, pairCalls, reportOf } from '../../bench/overhead/compare.ts';
import { engineCalls } from '../../bench/overhead/engine-calls.ts';

/** Cut from a recorded migration: ids and times as they were, payloads left out. */
async function recordedCalls(): Promise<readonly Call[]> {
  const text = await readFile(new URL('history.json', import.meta.url), 'utf8');
  return engineCalls(historyFromJSON(JSON.parse(text)));
}

const call = (type: string, ms: number, firstTry = true): Call => ({ type, ms, firstTry });

describe("the engine's calls in a recorded history", () => {
  it('last from the scheduling to the end of the workflow task that dealt with the result', async () => {
    const [resolveNames] = await recordedCalls();

    // Scheduled 29.786563674, dealt with 30.265770529: the worker's 397 ms and all of Temporal's around them.
    expect(resolveNames).toEqual({
      type: 'resolveNames',
      ms: expect.closeTo(479.206855, 3),
      firstTry: true,
    });
  });

  it('tile the wall clock in a chain: one ends where the next is scheduled', async () => {
    const [resolveNames, checkReadiness, createGreen] = await recordedCalls();
    const total = (resolveNames?.ms ?? 0) + (checkReadiness?.ms ?? 0) + (createGreen?.ms ?? 0);

    // From the scheduling of the first, 29.786563674, to the workflow task after the third, 34.864897924.
    const elapsedMs = 5_078.33425;
    expect(total).toBeLessThanOrEqual(elapsedMs);
    expect(total).toBeGreaterThan(elapsedMs - 3);
  });

  it('tell those that were waited for by attempts', async () => {
    const calls = await recordedCalls();

    expect(calls.filter(({ firstTry }) => !firstTry).map(({ type }) => type)).toEqual([
      'awaitGreen',
    ]);
  });

  it('leave out what never came to a result: the guard that was told to stop', async () => {
    const calls = await recordedCalls();

    expect(calls.map(({ type }) => type)).toEqual([
      'resolveNames',
      'checkReadiness',
      'createGreen',
      'awaitGreen',
      'setWeights',
      'verifyShare',
      'releaseBlue',
    ]);
  });
});

describe('comparing the engine with a bare script', () => {
  it('pairs the nth call of a type with the nth of the same type, whatever lies between', () => {
    const pairs = pairCalls(
      [call('setWeights', 10), call('tellPeople', 5), call('setWeights', 20)],
      [call('setWeights', 1), call('setWeights', 2), call('tellPeople', 3)],
    );

    expect(pairs.map(({ type, engineMs, scriptMs }) => [type, engineMs, scriptMs])).toEqual([
      ['setWeights', 10, 1],
      ['tellPeople', 5, 3],
      ['setWeights', 20, 2],
    ]);
  });

  it.each([
    ['the engine waited', call('awaitGreen', 9_000, false), call('awaitGreen', 10)],
    ['the script waited', call('awaitGreen', 10), call('awaitGreen', 9_000, false)],
    ['the activity rests inside', call('verifyShare', 9_000), call('verifyShare', 9_000)],
  ])('takes a call out of both sides when %s', (_when, engine, script) => {
    const pairs = pairCalls([engine, call('setWeights', 40)], [script, call('setWeights', 10)]);

    expect(reportOf(pairs)).toEqual({
      engineSeconds: 0.04,
      scriptSeconds: 0.01,
      ratio: 4,
      activities: 1,
      overheadMsPerActivityMedian: 30,
    });
  });

  it('takes the median of the differences, not the difference of medians', () => {
    const engine = [call('a', 100), call('b', 50), call('c', 1_000), call('d', 31)];
    const script = [call('a', 90), call('b', 20), call('c', 10), call('d', 1)];

    // Differences: 10, 30, 990, 30.
    expect(reportOf(pairCalls(engine, script)).overheadMsPerActivityMedian).toBe(30);
  });

  it('refuses to compare sides that did not make the same calls, and names the difference', () => {
    const engine = [call('setWeights', 1), call('checkAbility', 1)];
    const script = [call('setWeights', 1)];

    expect(() => pairCalls(engine, script)).toThrow(DifferentCallsError);
    expect(() => pairCalls(engine, script)).toThrow('checkAbility 1 times, the bare script 0');
  });

  it('has no figures when every call waited', () => {
    const waited = [call('awaitGreen', 1, false)];

    expect(() => reportOf(pairCalls(waited, waited))).toThrow('no call was compared');
  });

  it.each([
    [[7], 7],
    [[9, 1], 5],
    [[3, 1, 2], 2],
  ])('knows that the median of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});
