import * as fc from 'fast-check';
import type { GreenInput } from '#activities/contract.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { FakeWorld } from '#test/fakes/fake-world.ts';
import { createStage, failureOf, readyInput, type Stage } from '#test/activities/run-activity.ts';

const ON_BLUE = ['Deployment shop/queue-worker', 'CronJob shop/report'];

/** What of the singletons could do work now. */
function running(world: FakeWorld, side: 'blueKubernetes' | 'greenKubernetes'): readonly string[] {
  return world[side].running().filter((name) => name !== 'Deployment shop/web');
}

/** Notes every moment at which a singleton could work on both sides (I7). */
function watchForTwice(world: FakeWorld): string[] {
  const twice: string[] = [];
  const look = (): void => {
    const onGreen = running(world, 'greenKubernetes');
    twice.push(...running(world, 'blueKubernetes').filter((name) => onGreen.includes(name)));
  };
  world.blueKubernetes.onChange = look;
  world.greenKubernetes.onChange = look;
  return twice;
}

/** As Temporal would: again after every failure that may pass. */
async function insist(stage: Stage, activity: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await stage.settled(activity);
      return;
    } catch (failure) {
      if (!(failure instanceof CutoverFailure) || failure.type !== 'unavailable') throw failure;
    }
  }
}

describe('handing singletons over', () => {
  it('moves what ran on blue to green, as it was, and nothing else', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const input = await readyInput(stage);
    expect(running(world, 'blueKubernetes')).toEqual(ON_BLUE);
    expect(running(world, 'greenKubernetes')).toEqual([]);

    const facts = await settled(async () => activities.handOverSingletons(input));

    expect(facts).toEqual({ cronJobs: 2, deployments: 1 });
    expect(running(world, 'blueKubernetes')).toEqual([]);
    expect(running(world, 'greenKubernetes')).toEqual(ON_BLUE);
    const worker = world.greenKubernetes.all('deployments').find(({ metadata }) => {
      return metadata.name === 'queue-worker';
    });
    expect(worker?.['spec']).toMatchObject({ replicas: 2 });
  });

  it('lets a running Job of blue finish before green may start one', async () => {
    const stage = createStage();
    const { world, activities, once, settled } = stage;
    const input = await readyInput(stage);
    const job = world.blueKubernetes.startJob('shop', 'report');
    const handOver = async (): Promise<unknown> => activities.handOverSingletons(input);
    expect(await failureOf(once(handOver))).toBe('waiting');
    expect(await failureOf(once(handOver))).toBe('waiting');
    expect(running(world, 'greenKubernetes')).toEqual([]);
    job.finish();
    await settled(handOver);
    expect(running(world, 'greenKubernetes')).toEqual(ON_BLUE);
  });

  it('waits for the last pod of a Deployment, also one that is only terminating', async () => {
    const stage = createStage();
    const { world, activities, once, settled } = stage;
    const input = await readyInput(stage);
    world.blueKubernetes.lingering.add('shop/queue-worker');
    const handOver = async (): Promise<unknown> => activities.handOverSingletons(input);
    await failureOf(once(handOver));
    expect(await failureOf(once(handOver))).toBe('waiting');
    expect(running(world, 'greenKubernetes')).toEqual([]);
    world.blueKubernetes.endLingering('shop/queue-worker');
    await settled(handOver);
    expect(running(world, 'greenKubernetes')).toEqual(ON_BLUE);
  });

  it('stops nothing while green lacks one of them: it would run nowhere', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await readyInput(stage);
    world.greenKubernetes.remove('cronjobs', 'shop', 'report');
    expect(await failureOf(once(async () => activities.handOverSingletons(input)))).toBe(
      'not-found',
    );
    expect(running(world, 'blueKubernetes')).toEqual(ON_BLUE);
  });

  it('leaves CronJobs alone where the plan says none', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const ready = await readyInput(stage);
    const singletons = { ...ready.spec.singletons, cronJobs: 'none' } as const;
    const input: GreenInput = { ...ready, spec: { ...ready.spec, singletons } };
    await settled(async () => activities.handOverSingletons(input));
    expect(running(world, 'blueKubernetes')).toEqual(['CronJob shop/report']);
    expect(running(world, 'greenKubernetes')).toEqual(['Deployment shop/queue-worker']);
  });
});

describe('returning singletons', () => {
  it('leaves blue as it was, without our notes', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const input = await readyInput(stage);
    const specs = (): unknown =>
      [...world.blueKubernetes.all('cronjobs'), ...world.blueKubernetes.all('deployments')].map(
        ({ metadata, spec }) => [metadata.name, metadata.annotations ?? {}, spec],
      );
    const before = specs();
    await settled(async () => activities.handOverSingletons(input));
    expect(specs()).not.toEqual(before);
    await settled(async () => activities.returnSingletons(input));
    expect(running(world, 'greenKubernetes')).toEqual([]);
    expect(specs()).toEqual(before);
  });

  it('does nothing where nothing was handed over', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const input = await readyInput(stage);
    const merges = world.calls.count('kubernetes.merge');
    await settled(async () => activities.returnSingletons(input));
    expect(world.calls.count('kubernetes.merge')).toBe(merges);
  });

  it('lets a running Job of green finish first', async () => {
    const stage = createStage();
    const { world, activities, once, settled } = stage;
    const input = await readyInput(stage);
    await settled(async () => activities.handOverSingletons(input));
    const job = world.greenKubernetes.startJob('shop', 'report');
    const comeBack = async (): Promise<unknown> => activities.returnSingletons(input);
    await failureOf(once(comeBack));
    expect(await failureOf(once(comeBack))).toBe('waiting');
    expect(running(world, 'blueKubernetes')).toEqual([]);
    job.finish();
    await settled(comeBack);
    expect(running(world, 'blueKubernetes')).toEqual(ON_BLUE);
  });

  it('releases blue when green is gone altogether', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const input = await readyInput(stage);
    await settled(async () => activities.handOverSingletons(input));
    world.eks.clusters.delete(input.green.arn);
    await settled(async () => activities.returnSingletons(input));
    expect(running(world, 'blueKubernetes')).toEqual(ON_BLUE);
  });
});

describe('a worker that dies anywhere in a hand-over or a return', () => {
  it('never lets a singleton run on both sides, and whoever goes on ends it right (I7)', async () => {
    const crash = fc.record({
      at: fc.integer({ min: 1, max: 40 }),
      when: fc.constantFrom('before' as const, 'after' as const),
      deadBeforeReturn: fc.boolean(),
      quietAfterMs: fc.integer({ min: 0, max: 40 }),
      returnCrashAt: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(
        crash,
        async ({ at, when, deadBeforeReturn, returnCrashAt, quietAfterMs }) => {
          const stage = createStage();
          const { world, activities, settled } = stage;
          const input = await readyInput(stage);
          const twice = watchForTwice(world);
          const job = world.blueKubernetes.startJob('shop', 'report');
          world.blueKubernetes.lingering.add('shop/queue-worker');
          setTimeout(() => {
            job.finish();
            world.blueKubernetes.endLingering('shop/queue-worker');
          }, quietAfterMs);
          world.calls.crashAt(at, when);
          const handOver = async (): Promise<unknown> => activities.handOverSingletons(input);
          if (deadBeforeReturn) await settled(handOver).catch(() => undefined);
          else {
            await insist(stage, handOver);
            expect(running(world, 'greenKubernetes')).toEqual(ON_BLUE);
          }
          world.calls.crashAt(returnCrashAt, when);
          await insist(stage, async () => activities.returnSingletons(input));
          expect(running(world, 'blueKubernetes')).toEqual(ON_BLUE);
          expect(running(world, 'greenKubernetes')).toEqual([]);
          expect(twice).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
