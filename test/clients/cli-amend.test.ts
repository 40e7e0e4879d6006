import { writeFile } from 'node:fs/promises';
import { planWith, route } from '#test/domain/plan/plan-builder.ts';
import { startCliStage, type CliStage, type Prepared } from './cli-stage.ts';

/** `cutover amend` as people type it: a changed plan file against a migration that bakes at 50 %. */

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
}, 60_000);
afterAll(async () => {
  await stage.stop();
});

/** Two migrations may not move one rule. */
const RULES = ['shop-amend', 'shop-fixed', 'shop-race'];

const groups = (blue: string, steps: readonly number[], bake: string) => [
  { name: 'storefront', steps, bake, bakeAtMost: '2h', routes: [route(50 + RULES.indexOf(blue))] },
];

/** At 50 % with an hour to bake. */
async function baking(blue: string): Promise<Prepared> {
  const prepared = await stage.prepare(blue, {
    'spec.traffic.groups': groups(blue, [50, 100], '1h'),
  });
  const { workflowId } = prepared;
  await stage.migrations.start(prepared.plan, { requestedBy: 'ada' });
  await stage.migrations.wait(workflowId, { until: 'gate', intervalMs: 100, timeoutMs: 30_000 });
  await stage.migrations.approve(workflowId, { id: 'go', by: 'ada', gate: 'shift' });
  for (;;) {
    const { steps, stop } = await stage.migrations.status(workflowId);
    expect(stop).toBeNull();
    if ((steps[0]?.observedPercent ?? null) !== null) return prepared;
  }
}

describe('cutover amend', () => {
  it('shows what a changed file would do, does it, and start knows the amended plan again', async () => {
    const begun = await baking('shop-amend');
    const changed = await stage.prepare('shop-amend', {
      'spec.traffic.groups': groups('shop-amend', [50, 75, 100], '1s'),
      'spec.drain': { quiet: '2s' },
    });
    const id = begun.workflowId;

    const dry = await stage.cutover(['amend', changed.file, '--dry-run', '-o', 'json']);
    expect(dry.code).toBe(0);
    expect(dry.json()).toMatchObject({
      workflowId: id,
      accepted: false,
      problems: [],
      differences: [
        { path: 'traffic.groups.storefront.steps', from: [50, 100], to: [50, 75, 100] },
        { path: 'traffic.groups.storefront.bakeSeconds', from: 3_600, to: 1 },
        { path: 'drain.quietSeconds', from: 1, to: 2, sentence: 'blue must be idle for 1s → 2s' },
      ],
    });
    expect((await stage.migrations.plan(id)).amendments).toBe(0);

    const why = ['--reason', 'the week is short'];
    const sent = await stage.cutover(['amend', changed.file, 'shop-amend', ...why]);
    expect([sent.code, sent.stderr]).toEqual([0, expect.stringContaining('steps: 50, 100 %')]);
    expect(sent.stdout).toContain('amended: group storefront');
    const again = await stage.cutover(['amend', changed.file, ...why, '-o', 'json']);
    expect([again.code, again.json()]).toEqual([0, expect.objectContaining({ differences: [] })]);

    for (const { file } of [changed, begun]) {
      const started = await stage.cutover(['start', file, '-o', 'json']);
      expect(started.json()).toMatchObject({ workflowId: id, how: 'attached' });
    }
    const other = await stage.prepare('shop-amend', { 'metadata.name': 'another' });
    const refused = await stage.cutover(['start', other.file]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('another plan')]);

    const { end, view } = await stage.migrations.wait(id, { until: 'gate', timeoutMs: 60_000 });
    expect({ end, halted: view?.halted }).toEqual({ end: 'gate', halted: null });
    expect(begun.world.weightsWritten()).toEqual([1, 0, 50, 75, 100]);
    const status = await stage.cutover(['status', id]);
    expect(status.stdout).toContain('amend by ada: the week is short (group storefront, steps');
    await stage.migrations.approve(id, { id: 'away', by: 'ada', gate: 'retire' });
    await stage.migrations.wait(id, { timeoutMs: 60_000 });
    const afterwards = await stage.cutover(['start', changed.file, '-o', 'json']);
    expect(afterwards.json()).toMatchObject({ how: 'attached' });
  }, 120_000);

  it('names every field that may not change, and sends nothing', async () => {
    const { workflowId } = await baking('shop-fixed');
    const changed = await stage.prepare('shop-fixed', {
      'spec.traffic.groups': groups('shop-fixed', [40, 100], '1h'),
      'spec.green.version': '1.37',
      'spec.gates.shift': { approvers: ['sre'], expires: '1h' },
    });

    const refused = await stage.cutover(['amend', changed.file, '--reason', 'wrong']);
    expect(refused.code).toBe(1);
    expect(refused.stderr.trim().split('\n')).toEqual([
      'spec.green.version: found "1.37"; allowed: "1.36", as the migration began with',
      'gates.shift.expiresSeconds: found a gate that has opened; allowed: no change any more',
      'traffic.groups.storefront.steps: found 40 %, where green has 50 %; allowed: steps above 50 %',
      'refused: the migration cannot be amended like this',
    ]);
    const json = await stage.cutover(['amend', changed.file, '--dry-run', '-o', 'json']);
    expect([json.code, json.json()]).toEqual([
      1,
      expect.objectContaining({ accepted: false, problems: expect.any(Array) }),
    ]);
    expect((await stage.migrations.plan(workflowId)).amendments).toBe(0);
    await stage.migrations.abort(workflowId, { id: 'end', by: 'ada' });
    await stage.migrations.wait(workflowId, { timeoutMs: 60_000 });
  }, 120_000);

  it('is refused with the reason when the plan was amended meanwhile', async () => {
    const { workflowId } = await baking('shop-race');
    const message = { by: 'ada', reason: 'why', changes: { drain: { quietSeconds: 5 } } } as const;
    const first = await stage.migrations.amend(workflowId, { ...message, id: '1', basis: 0 });
    const second = await stage.migrations.amend(workflowId, {
      ...message,
      id: '2',
      basis: 0,
      changes: { drain: { quietSeconds: 6 } },
    });

    expect(first).toMatchObject({ kind: 'accepted' });
    expect(second).toEqual({
      kind: 'refused',
      message: expect.stringContaining('amended meanwhile (1 amendments, 0 when you looked)'),
    });
    await stage.migrations.abort(workflowId, { id: 'end', by: 'ada' });
    await stage.migrations.wait(workflowId, { timeoutMs: 60_000 });
  }, 120_000);

  it('wants a reason, a right file, and a migration that is there', async () => {
    const prepared = await stage.prepare('shop-none');
    const broken = prepared.file.replace('.yaml', '-broken.yaml');
    await writeFile(broken, JSON.stringify(planWith({ 'spec.soak': { for: 'long' } }), null, 2));

    const [unreasoned, wrong, absent] = await Promise.all([
      stage.cutover(['amend', prepared.file]),
      stage.cutover(['amend', broken, '--reason', 'x']),
      stage.cutover(['amend', prepared.file, '--reason', 'x']),
    ]);
    expect([unreasoned.code, unreasoned.stderr]).toEqual([
      64,
      expect.stringContaining('add --reason'),
    ]);
    expect([wrong.code, wrong.stderr]).toEqual([
      64,
      expect.stringMatching(/-broken\.yaml:\d+:\d+ {2}spec\.soak\.for: found "long"/u),
    ]);
    expect([absent.code, absent.stderr]).toEqual([
      1,
      expect.stringContaining('there is no migration'),
    ]);
  }, 60_000);
});
