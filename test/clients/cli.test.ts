import { waitUntil } from '#sandbox/processes/wait-until.ts';
import {
  BARE_NAMESPACE,
  IDLE_NAMESPACE,
  startCliStage,
  type CliStage,
  type Prepared,
} from './cli-stage.ts';
import type { CliRun } from './run-cli.ts';

/** The command line as a process, against a real Temporal server and the real workflow on a world in memory. */

let stage: CliStage;
/** On their way from the beginning, so that each test finds its own where it needs it. */
let ready: Readonly<Record<'reject' | 'halt' | 'back' | 'patient' | 'twin', Promise<Prepared>>>;
beforeAll(async () => {
  stage = await startCliStage();
  ready = {
    reject: atShiftGate('shop-reject'),
    halt: atShiftGate('shop-halt'),
    back: atRetireGate('shop-back'),
    patient: atShiftGate('shop-patient'),
    twin: atShiftGate('shop-twin'),
  };
}, 60_000);
afterAll(async () => {
  await stage.stop();
});

/** A migration of its own blue cluster that waits at its first gate; made without the command line. */
async function atShiftGate(blue: string): Promise<Prepared> {
  const prepared = await stage.prepare(blue);
  await stage.migrations.start(prepared.plan, { requestedBy: 'ada' });
  await untilGate(prepared.workflowId);
  return prepared;
}

async function atRetireGate(blue: string): Promise<Prepared> {
  const prepared = await atShiftGate(blue);
  const message = { id: 'go', by: 'ada', gate: 'shift' } as const;
  expect(await stage.migrations.approve(prepared.workflowId, message)).toMatchObject({
    kind: 'accepted',
  });
  await untilGate(prepared.workflowId);
  return prepared;
}

async function untilGate(workflowId: string): Promise<void> {
  const { end, view } = await stage.migrations.wait(workflowId, {
    until: 'gate',
    intervalMs: 100,
    timeoutMs: 30_000,
  });
  expect({ end, stop: view?.stop }).toEqual({ end: 'gate', stop: null });
}

describe('a migration by hand', () => {
  it('goes from start to completed, and every answer is one of the table', async () => {
    const prepared = await stage.prepare('shop-straight');
    const id = prepared.workflowId;

    const started = await stage.cutover(['start', prepared.file, '--until', 'gate', '-o', 'json']);
    expect(started.code).toBe(5);
    expect(started.json()).toMatchObject({
      workflowId: id,
      how: 'started',
      previous: null,
      end: 'gate',
      outcome: null,
      status: { activity: 'gate:shift', greenWeightPercent: 0, requestedBy: 'ada' },
    });
    expect(started.stderr).toContain(`answer with: cutover approve ${id} --gate shift`);

    const [paused, early] = await Promise.all([
      stage.cutover(['pause', id, '--reason', 'lunch']),
      stage.cutover(['approve', id, '--gate', 'retire']),
    ]);
    const resumed = await stage.cutover(['resume', 'shop-straight', '-o', 'json']);
    expect([paused.code, early.code, resumed.code]).toEqual([0, 1, 0]);
    expect(early.stderr).toContain('gate retire is not open yet');
    expect(resumed.json()).toMatchObject({ workflowId: id, verb: 'resume', accepted: true });
    const again = await stage.cutover(['resume', prepared.file]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('nothing to resume');

    const approve = ['approve', id, '--gate', 'shift', '--id', 'yes-1', '-o', 'json'];
    const shift = await stage.cutover([...approve, '--until', 'gate']);
    expect(shift.code).toBe(5);
    expect(shift.json()).toMatchObject({
      accepted: true,
      gate: 'shift',
      id: 'yes-1',
      end: 'gate',
      status: { activity: 'gate:retire', greenWeightPercent: 100 },
    });

    const [copy, other] = await Promise.all([
      stage.cutover(approve),
      stage.cutover([...approve, '--by', 'grace']),
    ]);
    expect(copy.json()).toMatchObject({ accepted: true });
    expect([copy.code, other.code]).toEqual([0, 1]);
    expect(other.json()).toMatchObject({ accepted: false });

    const watch = stage.cutover(['status', id, '--watch', '-o', 'json']);
    const retired = await stage.cutover(['approve', id, '--wait', '--yes']);
    expect(retired.code).toBe(0);
    expect(retired.stdout).toContain('completed');
    const watched = await watch;
    const views = watched.stdout.trim().split('\n');
    expect(watched.code).toBe(0);
    expect(JSON.parse(views.at(-1) ?? '')).toMatchObject({
      activity: 'ended',
      outcome: 'completed',
    });

    const [late, attached, status] = await Promise.all([
      stage.cutover(['rollback', id]),
      stage.cutover(['start', prepared.file, '--wait', '-o', 'json']),
      stage.cutover(['status', id, '-o', 'yaml']),
    ]);
    expect(late.code).toBe(1);
    expect(late.stderr).toContain('the migration has ended: completed');
    expect(attached.code).toBe(0);
    expect(attached.json()).toMatchObject({ how: 'attached', outcome: 'completed' });
    expect(status.code).toBe(0);
    expect(status.stdout).toContain('outcome: completed');
  }, 60_000);

  it('attaches with the same plan, refuses another, and begins anew after a rejection', async () => {
    const { file, plan, workflowId, world } = await ready.reject;
    const other = await stage.prepare('shop-reject', { 'metadata.name': 'another' });

    const [attached, refused] = await Promise.all([
      stage.cutover(['start', file, '-o', 'json']),
      stage.cutover(['start', other.file]),
    ]);
    expect(attached.code).toBe(0);
    expect(attached.json()).toMatchObject({ workflowId, how: 'attached' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${workflowId} is running another plan (quick, digest `);
    const sharing = await stage.prepare('shop-sharing', {
      'spec.traffic.groups': plan.spec.traffic.groups.map(({ name, routes }) => ({
        name,
        bake: '1s',
        routes: routes.flatMap((route) =>
          route.with === 'alb'
            ? {
                id: route.id,
                with: 'alb',
                rule: route.ruleArn,
                blue: route.blueTargetGroupArn,
                green: route.greenTargetGroupArn,
              }
            : [],
        ),
      })),
    });
    const taken = await stage.cutover(['start', sharing.file]);
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain(`${workflowId} is moving a route of this plan: alb arn:`);

    const rejected = await stage.cutover([
      'reject',
      workflowId,
      '--reason',
      'no',
      '--wait',
      '-o',
      'json',
    ]);
    expect(rejected.code).toBe(8);
    expect(rejected.json()).toMatchObject({ accepted: true, gate: 'shift', outcome: 'rejected' });
    const [group] = plan.spec.traffic.groups;
    expect(new Set(world.weightHistory(group?.routes[0]?.id ?? ''))).toEqual(new Set([0]));

    const next = await stage.cutover(['start', other.file, '-o', 'json']);
    expect(next.code).toBe(0);
    expect(next.json()).toMatchObject({ workflowId, how: 'started', previous: 'rejected' });
    const aborted = await stage.cutover(['abort', workflowId, '--wait', '--reason', 'enough']);
    expect(aborted.code).toBe(8);
    expect(aborted.stdout).toContain('abort by ada: enough');
  }, 60_000);

  it('shows what a rollback would do, and does it', async () => {
    const { plan, workflowId, world } = await ready.back;
    const routeIds = plan.spec.traffic.groups.flatMap(({ routes }) => routes.map(({ id }) => id));

    const dryRun = await stage.cutover(['rollback', workflowId, '--dry-run', '-o', 'json']);
    expect(dryRun.code).toBe(0);
    expect(dryRun.json()).toMatchObject({
      workflowId,
      refused: null,
      actions: [
        { kind: 'weights-to-blue', routeIds },
        { kind: 'return-singletons' },
        { kind: 'shed-green' },
        { kind: 'detach-green' },
        { kind: 'restore-blue-floor' },
        { kind: 'withdraw-trust' },
      ],
    });

    const back = await stage.cutover([
      'rollback',
      workflowId,
      '--wait',
      '--reason',
      'slow',
      '-o',
      'json',
    ]);
    expect(back.code).toBe(4);
    expect(back.json()).toMatchObject({ verb: 'rollback', accepted: true, outcome: 'rolled-back' });
    expect(world.weightHistory(routeIds[0] ?? '').at(-1)).toBe(0);
  }, 60_000);

  it('says halted where neither side is proven able, and takes the answer', async () => {
    const { workflowId, world } = await ready.halt;
    world.setHealthyTargets('green', 0);

    const halted = await stage.cutover(['approve', workflowId, '--wait']);
    expect(halted.code).toBe(7);
    expect(halted.stdout).toContain('halted: green is not able');
    expect(halted.stdout).toContain(`cutover rollback ${workflowId} --force`);

    const back = await stage.cutover(['rollback', workflowId, '--wait']);
    expect(back.code).toBe(4);
  }, 60_000);
});

describe('waiting', () => {
  let id: string;
  beforeAll(async () => {
    id = (await ready.patient).workflowId;
  }, 30_000);

  it('ends with 6 when its time is over', async () => {
    const run = await stage.cutover(['status', id, '--watch', '--timeout', '500ms']);

    expect(run.code).toBe(6);
    expect(run.stdout).toContain('0 of 1 approvals');
  });

  it('ends with 130 on Ctrl-C, and the migration goes on', async () => {
    const run = await stage.cutover(['status', id, '--watch'], {
      signal: { after: 'answer with', name: 'SIGINT' },
    });

    expect(run.code).toBe(130);
    expect(run.stderr).toContain(
      `the migration goes on; watch it with: cutover status ${id} --watch`,
    );
    const { status } = await stage.env.client.workflow.getHandle(id).describe();
    expect(status.name).toBe('RUNNING');
  });

  it('finds the migration by id, cluster, plan file or alone, but never guesses', async () => {
    const other = await ready.twin;
    await waitUntil(
      async () => {
        const ids = (await stage.migrations.list({ atGate: true })).map((item) => item.workflowId);
        return ids.includes(id) && ids.includes(other.workflowId);
      },
      { what: 'both migrations in the index', timeoutMs: 10_000 },
    );

    const runs = await Promise.all(
      [id, 'shop-twin', other.file].map((target) =>
        stage.cutover(['status', target, '-o', 'json']),
      ),
    );
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(runs[1]?.json()).toMatchObject({ workflowId: other.workflowId });
    expect(runs[2]?.json()).toMatchObject({ workflowId: other.workflowId });

    const [none, plan, unknown, gone] = await Promise.all([
      stage.cutover(['pause']),
      stage.cutover(['pause', 'quick']),
      stage.cutover(['pause', 'nothing-like-it']),
      stage.cutover(['pause', 'migrate/1/eu-west-1/nothing']),
    ]);
    expect([none, plan, unknown, gone].map(({ code }) => code)).toEqual([64, 64, 1, 1]);
    expect(none.stderr).toContain(id);
    expect(none.stderr).toContain(other.workflowId);
    expect(unknown.stderr).toContain('nothing is called "nothing-like-it"');
    expect(gone.stderr).toContain('there is no migration migrate/1/eu-west-1/nothing');
  }, 30_000);

  it('lists migrations as stable data, and as a table', async () => {
    const [running] = await listed(['list', '--cluster', 'shop-patient', '--at-gate']);
    expect(running).toEqual({
      workflowId: id,
      runId: expect.any(String),
      plan: 'quick',
      planDigest: expect.stringMatching(/^[0-9a-f]{64}$/u),
      requestedBy: 'ada',
      cluster: 'shop-patient',
      targetVersion: '1.36',
      runStatus: 'running',
      activity: 'gate:shift',
      gate: 'shift',
      greenWeightPercent: 0,
      outcome: null,
      runStartedAt: expect.any(String),
      endedAt: null,
    });

    const table = await stage.cutover(['list', '--all', '--cluster', 'shop-patient']);
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/shop-patient +1\.36 +gate:shift +0 % +ada/u);
  });
});

async function listed(args: readonly string[]): Promise<readonly unknown[]> {
  const found = (await stage.cutover([...args, '-o', 'json'])).json();
  return Array.isArray(found) ? found : [];
}

describe('without a worker', () => {
  const idle = { env: { TEMPORAL_NAMESPACE: IDLE_NAMESPACE } };
  let id: string;
  let started: CliRun;
  beforeAll(async () => {
    const { file, workflowId } = await stage.prepare('shop-idle');
    id = workflowId;
    started = await stage.cutover(['start', file], idle);
  });

  it('start is accepted, and says that nothing will happen yet', () => {
    expect(started.code).toBe(0);
    expect(started.stderr).toContain('no worker polls queue cutover');
  });

  it('a decision is not waited for beyond its deadline, exit 6', async () => {
    const run = await stage.cutover(['pause', id, '--timeout', '1s'], idle);

    expect(run.code).toBe(6);
    expect(run.stderr).toContain('no worker polls queue cutover');
    expect(run.stderr).toContain('cutover worker');
  });

  it('a rollback is left with Temporal for the next worker, exit 6', async () => {
    const args = ['rollback', id, '--timeout', '1s', '--id', 'back-1', '-o', 'json'];
    const run = await stage.cutover(args, idle);

    expect(run.code).toBe(6);
    expect(run.json()).toMatchObject({ accepted: false, recorded: true, id: 'back-1' });
  });

  it('status gives what Temporal knows by itself, exit 6', async () => {
    const run = await stage.cutover(['status', id, '-o', 'json'], idle);

    expect(run.code).toBe(6);
    expect(run.json()).toMatchObject({
      workflowId: id,
      activity: 'preflight',
      greenWeightPercent: 0,
      runStatus: 'running',
      result: null,
    });
    expect(run.stderr).toContain('no worker polls queue cutover');
  });

  it('doctor warns, exit 2', async () => {
    const run = await stage.cutover(['doctor', '-o', 'json'], idle);

    expect(run.code).toBe(2);
    expect(run.json()).toMatchObject({
      checks: [
        { name: 'Node', status: 'ok' },
        { name: 'Temporal', status: 'ok' },
        { name: 'Temporal namespace', status: 'ok' },
        { name: 'search attributes', status: 'ok' },
        { name: 'workers of queue cutover', status: 'warn', remedy: ['cutover worker'] },
        { name: 'workers of queue cutover-waits', status: 'warn' },
        { name: 'workers of queue cutover-traffic', status: 'warn' },
        { name: 'workers of queue cutover-guard', status: 'warn' },
      ],
    });
  });
});

describe('a run that Temporal ended', () => {
  it('is shown as that, is no success, and gives way to a new attempt', async () => {
    const { file, workflowId } = await stage.prepare('shop-killed');
    const env = { TEMPORAL_NAMESPACE: IDLE_NAMESPACE };
    await stage.cutover(['start', file], { env });
    const handle = stage.idle.temporal.client.workflow.getHandle(workflowId);
    await handle.terminate('by hand');

    const [status, watch, pause] = await Promise.all([
      stage.cutover(['status', workflowId, '-o', 'json'], { env }),
      stage.cutover(['status', workflowId, '--watch'], { env }),
      stage.cutover(['pause', workflowId], { env }),
    ]);
    expect([status.code, watch.code, pause.code]).toEqual([0, 1, 1]);
    expect(status.json()).toMatchObject({ runStatus: 'terminated', outcome: null, result: null });
    expect(pause.stderr).toContain('the migration has ended: terminated');

    const next = await stage.cutover(['start', file, '-o', 'json'], { env });
    expect(next.json()).toMatchObject({ how: 'started', previous: 'terminated' });
  }, 30_000);
});

describe('worker', () => {
  it('applies what was left with Temporal, drains on SIGTERM and exits 0', async () => {
    const { plan, workflowId } = await stage.prepare('shop-left');
    await stage.idle.start(plan, { requestedBy: 'ada' });
    const message = { id: 'back-2', by: 'ada', reason: 'too early' };
    expect(await stage.idle.rollback(workflowId, message, { deadlineMs: 200 })).toMatchObject({
      kind: 'recorded',
    });

    const ended = stage.idle.wait(workflowId, { intervalMs: 100, timeoutMs: 40_000 });
    const worker = await stage.cutover(['worker'], {
      env: { TEMPORAL_NAMESPACE: IDLE_NAMESPACE, AWS_REGION: 'eu-west-1' },
      signal: { after: ended, name: 'SIGTERM' },
    });

    expect(await ended).toMatchObject({ end: 'ended', snapshot: { outcome: 'rolled-back' } });
    expect(worker.code).toBe(0);
    expect(worker.stderr).toContain('worker drained');
  }, 60_000);
});

describe('doctor', () => {
  it('finds nothing where all is well, exit 0', async () => {
    const { file } = await stage.prepare('shop-well');
    const run = await stage.cutover(['doctor', file]);

    expect(run.code).toBe(0);
    expect(run.stdout).toContain('workers of queue cutover-guard: test-worker');
  });

  it('prints the commands that make missing search attributes, exit 1', async () => {
    const bare = { env: { TEMPORAL_NAMESPACE: BARE_NAMESPACE } };
    const { file } = await stage.prepare('shop-bare');
    const [run, start] = await Promise.all([
      stage.cutover(['doctor'], bare),
      stage.cutover(['start', file], bare),
    ]);

    expect(run.code).toBe(1);
    expect(run.stdout).toContain(
      `temporal operator search-attribute create --address ${stage.address} --namespace ${BARE_NAMESPACE} --name CutoverGreenWeight --type Int`,
    );
    expect(start.code).toBe(1);
    expect(start.stderr).toContain('cutover doctor');
  });

  it('says which namespace does not exist, exit 1', async () => {
    const nowhere = { env: { TEMPORAL_NAMESPACE: 'nowhere' } };
    const [run, list] = await Promise.all([
      stage.cutover(['doctor'], nowhere),
      stage.cutover(['list'], nowhere),
    ]);

    expect([run.code, list.code]).toEqual([1, 1]);
    expect(list.stderr).toContain('has no namespace "nowhere"');
  });
});
