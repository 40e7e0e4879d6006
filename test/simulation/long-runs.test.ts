/**
 * What days cost, and what deploys do in them, on virtual time: history and billable Actions of a plan with production's clocks, and
 * a run of thirty days that goes on with four builds of the workflow, one after the other.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '#sandbox/tools/run-command.ts';
import { sumOf } from '#sandbox/temporal/billable-actions.ts';
import { workflowBundle } from '#test/support/workflow-bundle.ts';
import type { LongRun } from './long-runs-program.ts';

const PROGRAM = fileURLToPath(new URL('long-runs-program.ts', import.meta.url));
const TIMEOUT_MS = 600_000;
const WELL = { outcome: 'completed', reason: '', violation: null };

let runs: Readonly<Record<'oneDay' | 'twoDays' | 'thirtyDays', LongRun>>;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-long-'));
  try {
    const [bundle, report] = [join(folder, 'workflows.js'), join(folder, 'report.json')];
    await writeFile(bundle, (await workflowBundle()).code);
    await runCommand(process.execPath, [PROGRAM, bundle, report], { timeoutMs: TIMEOUT_MS });
    runs = JSON.parse(await readFile(report, 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, TIMEOUT_MS);

describe('a migration of five steps with a soak of a day', () => {
  it('costs at most 500 Actions, without heartbeats of its guard', () => {
    const { actions, otherHeartbeats, ...run } = runs.oneDay;

    expect(run).toMatchObject(WELL);
    // Creation and deletion are looked at until they are done: most of it is that.
    expect(actions.retries).toBeGreaterThan(100);
    expect(sumOf(actions) + otherHeartbeats).toBeLessThanOrEqual(500);
  });

  it('has at most 20 events more with a day more', () => {
    expect(runs.twoDays).toMatchObject(WELL);
    expect(runs.twoDays.days - runs.oneDay.days).toBeCloseTo(1, 1);
    expect(runs.twoDays.events - runs.oneDay.events).toBeLessThanOrEqual(20);
    expect(sumOf(runs.twoDays.actions) - sumOf(runs.oneDay.actions)).toBeLessThanOrEqual(20);
  });

  it('has a guard of at most 450 heartbeats an hour while weights change, and 20 in soak and at gates', () => {
    const { sharp, calm } = runs.twoDays.guardHeartbeatsPerHour;

    // Every guard begins with one; a step replaces the guard.
    expect(sharp).toBeGreaterThan(400);
    expect(sharp).toBeLessThanOrEqual(450 + 2);
    expect(calm).toBeGreaterThan(10);
    expect(calm).toBeLessThanOrEqual(20);
  });
});

describe('a run of thirty days', () => {
  it('crosses three deploys, each in the middle of a wait, and replays with every build', () => {
    const { days, replays, ...run } = runs.thirtyDays;

    expect(run).toMatchObject(WELL);
    expect(days).toBeGreaterThanOrEqual(29.5);
    expect(replays).toBeGreaterThanOrEqual(3);
  });
});
