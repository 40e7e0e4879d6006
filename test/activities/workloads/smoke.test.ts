import { nameOfPlace } from '#domain/traffic/route-place.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import {
  createStage,
  environment,
  failureOf,
  readyInput,
  REF,
} from '#test/activities/run-activity.ts';

const GREEN_ANSWER = 'green /healthz';

describe('the smoke test', () => {
  it('asks green, through a door that is closed afterwards', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await readyInput(stage);
    // Blue would answer wrongly: a right answer can only be green's.
    world.loadBalancer.answers.set('blue /healthz', 500);
    const facts = await once(async () => activities.smokeTest(input));
    expect(facts).toEqual({ checks: 1, routes: 1 });
    expect(world.loadBalancer.doors).toEqual([]);
    expect(world.weightHistory('web').every((percent) => percent === 0)).toBe(true);
  });

  it('fails when green keeps answering wrongly, and closes the door', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await readyInput(stage);
    world.loadBalancer.answers.set(GREEN_ANSWER, 500);
    expect(await failureOf(once(async () => activities.smokeTest(input)))).toBe('smoke-failed');
    expect(world.loadBalancer.doors).toEqual([]);
  });

  it('is patient with a green that is wrong only at first', async () => {
    const stage = createStage({}, { smokeWithinMs: 5_000 });
    const { world, activities, once } = stage;
    const input = await readyInput(stage);
    world.loadBalancer.answers.set(GREEN_ANSWER, 503);
    const ending = once(async () => activities.smokeTest(input));
    const asked = world.calls.count('httpProbe.get') + 3;
    while (world.calls.count('httpProbe.get') < asked)
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    world.loadBalancer.answers.delete(GREEN_ANSWER);
    await ending;
  });

  it("waits for the door to open: until then an answer would be blue's", async () => {
    const stage = createStage({ propagationMs: 60 }, { settleSeconds: 0.1 });
    const { world, activities, once } = stage;
    const input = await readyInput(stage);
    world.loadBalancer.answers.set(GREEN_ANSWER, 500);
    expect(await failureOf(once(async () => activities.smokeTest(input)))).toBe('smoke-failed');
  });

  it('takes an expected status from the plan', async () => {
    const smoke = [{ http: { path: '/gone', expect: 410, attempts: 1 } }];
    const stage = createStage({ plan: fakePlan({ smoke }) });
    const { world, activities, once } = stage;
    const input = await readyInput(stage);
    world.loadBalancer.answers.set('green /gone', 410);
    await once(async () => activities.smokeTest(input));
  });

  it('shows its secret to nobody: neither in its answer nor in a failure (I10)', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await readyInput(stage);
    const facts = await once(async () => activities.smokeTest(input));
    world.loadBalancer.answers.set(GREEN_ANSWER, 500);
    const failure = await once(async () => activities.smokeTest(input)).catch(
      (cause: unknown) => cause,
    );
    const headers = world.calls.writes('smokeDoor.open').map((write) => write.args[1]);
    const secrets = headers.map((header) => JSON.stringify(header).match(/[0-9a-f]{32}/)?.[0]);
    expect(new Set(secrets).size).toBe(2);
    expect(failure).toBeInstanceOf(CutoverFailure);
    const said = JSON.stringify([facts, String(failure), failure]);
    for (const secret of secrets) expect(said).not.toContain(secret);
  });

  it('closes the door also when it is cancelled', async () => {
    const stage = createStage({}, { smokeWithinMs: 60_000 });
    const { world, activities } = stage;
    const input = await readyInput(stage);
    world.loadBalancer.answers.set(GREEN_ANSWER, 500);
    const hold = world.calls.holdNext('httpProbe.get');
    const attempt = environment();
    const ending = failureOf(attempt.run(async () => activities.smokeTest(input)));
    await hold.reached;
    expect(world.loadBalancer.doors).toHaveLength(1);
    attempt.cancel();
    hold.release();
    expect(await ending).toMatch(/Cancelled|Abort/);
    expect(world.loadBalancer.doors).toEqual([]);
  });

  it('says what green answered even when the door does not close', async () => {
    const stage = createStage();
    const { world, activities, once, settled } = stage;
    const input = await readyInput(stage);
    world.loadBalancer.answers.set(GREEN_ANSWER, 500);
    world.calls.failNext('smokeDoor.close', 'throttled');
    expect(await failureOf(once(async () => activities.smokeTest(input)))).toBe('smoke-failed');
    expect(world.loadBalancer.doors).toHaveLength(1);
    await settled(async () => activities.closeSmokeDoors(input));
    expect(world.loadBalancer.doors).toEqual([]);
  });

  it("replaces a dead worker's door and leaves other migrations' doors alone", async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await readyInput(stage);
    const [rule] = world.loadBalancer.rules;
    const door = {
      place: rule === undefined ? '' : nameOfPlace(rule.place),
      header: { name: 'x-cutover-smoke', value: 'old' },
      opensAtMs: 0,
    };
    const tags = { 'cutover/workflow-id': REF.workflowId, 'cutover/migration-id': REF.migrationId };
    const strange = { ...door, tags: { 'cutover/workflow-id': 'migrate/other' } };
    world.loadBalancer.doors.push({ ...door, tags }, strange);
    await once(async () => activities.smokeTest(input));
    expect(world.loadBalancer.doors).toEqual([strange]);
  });
});
