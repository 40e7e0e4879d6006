import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noisy } from '#test/domain/judge/series.ts';
import { runCli, type CliRun } from '../run-cli.ts';

/** `cutover judge` as people and scripts call it: two files in, a verdict and an exit code out. */

const BLUE = noisy(1, 60, { mean: 100, deviation: 10 });
const ALIKE = noisy(2, 60, { mean: 100, deviation: 10 });
const SLOW = noisy(3, 60, { mean: 130, deviation: 10 });
const FAST = noisy(4, 60, { mean: 70, deviation: 10 });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-judge-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe('cutover judge', () => {
  it.each([
    ['pass', 0, { latency: ALIKE }, []],
    ['fail', 3, { latency: SLOW }, []],
    ['fail', 3, { latency: FAST }, []],
    ['pass', 0, { latency: FAST }, ['--direction', 'increase']],
    ['pass', 0, { latency: SLOW }, ['--tolerance', '1']],
    ['nodata', 6, { latency: [] }, []],
    ['nodata', 6, { latency: SLOW.slice(0, 7) }, []],
    ['fail', 3, { latency: SLOW.slice(0, 7) }, ['--min-samples', '5']],
  ] as const)('says %s with exit code %d', async (verdict, code, experiment, options) => {
    const run = await judged({ latency: BLUE }, experiment, ['-o', 'json', ...options]);

    expect(run.stderr).toBe('');
    expect(run.json()).toMatchObject({ verdict });
    expect(run.code).toBe(code);
  });

  it('says marginal with exit code 2', async () => {
    const control = { a: BLUE, b: BLUE, c: BLUE, d: BLUE };
    const run = await judged(control, { ...control, d: SLOW }, ['-o', 'json']);

    expect(run.json()).toMatchObject({ verdict: 'marginal', score: 75 });
    expect(run.code).toBe(2);
  });

  it('prints every metric’s figures as data', async () => {
    const run = await judged({ latency: BLUE, rate: [0] }, { latency: SLOW }, ['-o', 'json']);

    expect(run.json()).toEqual({
      verdict: 'fail',
      score: 0,
      metrics: [
        {
          name: 'latency',
          classification: 'High',
          pValue: expect.any(Number),
          shift: {
            estimate: expect.closeTo(30, -1),
            low: expect.any(Number),
            high: expect.any(Number),
          },
          effect: expect.closeTo(1.3, 1),
          reason: expect.stringMatching(/^experiment is above control: shift/u),
        },
        {
          name: 'rate',
          classification: 'Nodata',
          pValue: null,
          shift: null,
          effect: null,
          reason:
            'too little data: experiment has 0 samples and control 1, at least 8 each are needed',
        },
      ],
    });
    expect(run.stderr).toContain('has no column rate');
  });

  it('prints a table for people', async () => {
    const { stdout } = await judged({ latency: BLUE }, { latency: SLOW }, []);

    expect(stdout).toMatch(/^fail, score 0 of 100\n\nmetric +is +p +shift/u);
    expect(stdout).toMatch(/^latency +High +\d/mu);
  });

  it('takes a Kayenta configuration, and what is typed wins over it', async () => {
    const config = join(folder, 'canary.json');
    const canary = { direction: 'increase', effectSize: { allowedIncrease: 1.5 }, critical: true };
    const metrics = [{ name: 'latency', groups: ['a'], analysisConfigurations: { canary } }];
    await writeFile(config, JSON.stringify({ metrics, classifier: { groupWeights: { a: 100 } } }));
    const files = [{ time: ['12:00'], latency: BLUE }, { latency: FAST }] as const;

    const plain = await judged({ latency: BLUE }, { latency: SLOW }, ['--config', config]);
    const either = await judged(...files, ['--config', config, '--direction', 'decrease']);

    expect(plain.code).toBe(0);
    expect(either.code).toBe(3);
  });

  it.each([
    [
      'a sample that is no number',
      'latency\n1\nslow\n',
      ':3:1  latency: found "slow"; allowed: a number',
    ],
    ['an empty file', '', ':1:1  header: found a column without a name'],
  ])('names what is wrong with %s, where, and the next move', async (_, text, problem) => {
    const [control, experiment] = [join(folder, 'good.csv'), join(folder, 'bad.csv')];
    await writeFile(control, csv({ latency: BLUE }));
    await writeFile(experiment, text);

    const run = await runCli(['judge', '--control', control, '--experiment', experiment]);

    expect(run.code).toBe(64);
    expect(run.stdout).toBe('');
    expect(run.stderr).toContain(`${experiment}${problem}`);
    expect(run.stderr).toContain('next: correct the files');
    expect(run.stderr).not.toMatch(/^\s+at /mu);
  });

  it.each([
    ['no experiment', ['--control', 'a.csv']],
    ['a file that is not there', ['--control', 'nowhere.csv', '--experiment', 'nowhere.csv']],
    ['a confidence in percent', ['--control', 'a', '--experiment', 'b', '--confidence', '98']],
    ['a direction that is none', ['--control', 'a', '--experiment', 'b', '--direction', 'up']],
  ])('is exit 64 for wrong usage: %s', async (_, args) => {
    const { code, stdout, stderr } = await runCli(['judge', ...args]);

    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).not.toMatch(/^\s+at /mu);
  });
});

type Columns = Readonly<Record<string, readonly (number | string)[]>>;

let runs = 0;
async function judged(
  control: Columns,
  experiment: Columns,
  options: readonly string[],
): Promise<CliRun> {
  runs += 1;
  const [one, other] = [
    join(folder, `${runs}-control.csv`),
    join(folder, `${runs}-experiment.csv`),
  ];
  await Promise.all([writeFile(one, csv(control)), writeFile(other, csv(experiment))]);
  return runCli(['judge', '--control', one, '--experiment', other, ...options]);
}

function csv(columns: Columns): string {
  const series = Object.values(columns);
  const rows = Math.max(...series.map(({ length }) => length));
  const lines = Array.from({ length: rows }, (_, row) =>
    series.map((values) => values[row] ?? '').join(','),
  );
  return [Object.keys(columns).join(','), ...lines, ''].join('\n');
}
