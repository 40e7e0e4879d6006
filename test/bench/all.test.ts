import { readFile } from 'node:fs/promises';
import { tableOf, withTable } from '../../bench/all/markdown.ts';
import { lastObject, readResults, type Result } from '../../bench/all/results.ts';

const RESULT: Result = {
  command: 'npm run bench -- overhead --json',
  date: '2026-11-25',
  machine: '2 cores',
  busyPercent: 60,
  minutes: 12,
  exitCode: 0,
  figures: { engineSeconds: 30, scriptSeconds: 24 },
};

describe("the README's table of figures", () => {
  it('is the one that the kept results make', async () => {
    const text = await readFile('README.md', 'utf8');

    expect(withTable(text, tableOf(await readResults()))).toBe(text);
  });

  it('shows both sides, their ratio, the day and the machine', () => {
    const table = tableOf({ overhead: RESULT });

    expect(table).toContain('| overhead, 2026-11-25 |');
    expect(table).toContain('| 30 s | 24 s | 1.25 | a bare script');
    expect(table).toContain('Machine: 2 cores.');
    expect(table).not.toContain('not kept');
  });

  it('says of a bench that failed that a promise was not kept', () => {
    expect(tableOf({ overhead: { ...RESULT, exitCode: 1 } })).toContain(
      'A promise was not kept in: overhead.',
    );
  });

  it('compares detection with what the documentation of others promises, and with our own slow source', () => {
    const table = tableOf({
      rollback: {
        ...RESULT,
        figures: {
          intervalSeconds: 5,
          detectSeconds: { p50: 8, p99: 12 },
          albOnly: { detectSeconds: { p50: 160, p99: 230 } },
          rules: [{ rules: 100, verdictToWeightsSeconds: 6.6, apiAllowsAtBestSeconds: 6 }],
        },
      },
    });

    expect(table).toContain('| 8 s | 600 s | 0.0133 | Flagger');
    expect(table).toContain(
      "| 8 s | 160 s | 0.05 | ours by the load balancer's own metrics alone |",
    );
    expect(table).toContain('all 100 rules accepted | 6.6 s | 6 s | 1.1 |');
  });

  it('has no place in a text without its marks', () => {
    expect(() => withTable('# Cutover', '')).toThrow('there is no place for the table');
  });
});

describe('the last line of a bench', () => {
  it.each([
    ['words\n{"ratio":1}\n', { ratio: 1 }],
    ['{"ratio":1}\nwords\n', null],
    ['[1]', null],
    ['', null],
  ])('%j is %j', (output, figures) => {
    expect(lastObject(output)).toEqual(figures);
  });
});
