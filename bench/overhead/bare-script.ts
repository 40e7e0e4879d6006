/**
 * The migration as a script would do it: the engine's own activities over its own adapters, one after the other in one
 * process, without Temporal. Nothing survives a crash of it, nobody can stop it, and that is what the engine's overhead
 * pays for. Run as a process of its own, as the worker is: `bare-script.ts FILE`, where FILE receives the calls as JSON.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  GreenInput,
  MigrationActivities,
  Notice,
  WeightsInput,
} from '#activities/contract.ts';
import { createActivities } from '#activities/create-activities.ts';
import { REHEARSED_PERCENT } from '#domain/traffic/foreign-edits.ts';
import { workflowIdOf } from '#domain/identity.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { trafficPlan } from '#domain/traffic/traffic-plan.ts';
import { createPorts } from '#workers/create-ports.ts';
import { capsulesDirectory } from '#workers/environment.ts';
import { createLogger } from '#workers/logger.ts';
import { benchPlan } from './bench-plan.ts';
import { CallRecorder } from './call-recorder.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: bare-script.ts FILE');
const { ports, close } = createPorts({
  logger: createLogger({ logLevel: 'info' }),
  capsulesDirectory: capsulesDirectory(),
});
try {
  const recorder = new CallRecorder();
  await migrate(createActivities(ports), await benchPlan(), recorder);
  await writeFile(file, JSON.stringify(recorder.calls));
} finally {
  await close();
}

/** `workflows/migrate-cluster.ts` without its machinery. */
async function migrate(
  act: MigrationActivities,
  plan: MigrationPlan,
  recorder: CallRecorder,
): Promise<void> {
  const { spec } = plan;
  const { account, region } = spec.access.default;
  const workflowId = workflowIdOf({ account, region, cluster: spec.blue.cluster });
  const input = { ref: { workflowId, migrationId: randomBytes(6).toString('hex') }, spec };
  const tell = async (event: Notice['event'], text: string): Promise<void> => {
    const notice = { event, text, command: '' };
    await recorder.call('tellPeople', () =>
      act.tellPeople({ ...input, plan: plan.metadata.name, notice }),
    );
  };

  const resolved = await recorder.call('resolveNames', () => act.resolveNames(input));
  const known = { ...input, resolved };
  await recorder.call('checkReadiness', () => act.checkReadiness(known));

  const green = await recorder.call('createGreen', () => act.createGreen(known));
  const both = { ...known, green };
  await recorder.call('awaitGreen', () => act.awaitGreen(both));
  await recorder.call('furnishGreen', () => act.furnishGreen(both));
  await recorder.call('awaitNodegroups', () => act.awaitNodegroups(both));
  await recorder.call('installAddons', () => act.installAddons(both));
  await recorder.call('awaitAddons', () => act.awaitAddons(both));

  await recorder.call('attachGreen', () => act.attachGreen(both));
  await recorder.call('copyWorkloads', () => act.copyWorkloads(both));
  await recorder.call('awaitWorkloads', () => act.awaitWorkloads(both));
  await recorder.call('smokeTest', () => act.smokeTest(both));
  await tell('gate-waiting', 'gate shift');

  const guard = recorder.watch(() =>
    act.guardTraffic({
      ...both,
      greenSince: new Date().toISOString(),
      mode: 'pull',
      missingIsKnown: false,
    }),
  );
  await recorder.call('holdBlueFloor', () => act.holdBlueFloor(both));
  await shift(act, both, recorder);
  await delay(spec.soak.forSeconds * 1000);
  await tell('gate-waiting', 'gate retire');
  await recorder.call('proveBlueIdle', () => act.proveBlueIdle(both));
  await guard.stop();

  await recorder.call('releaseBlue', () => act.releaseBlue(both));
  await recorder.call('restoreBlueFloor', () => act.restoreBlueFloor(both));
  await recorder.call('deleteBlueNodegroups', () => act.deleteBlueNodegroups(both));
  await recorder.call('deleteBlueCluster', () => act.deleteBlueCluster(both));
  await tell('completed', 'green serves everything, blue is gone');
}

async function shift(
  act: MigrationActivities,
  both: GreenInput,
  recorder: CallRecorder,
): Promise<void> {
  const askAbility = async (target: WeightsInput): Promise<void> => {
    const { able, reasons } = await recorder.call('checkAbility', () =>
      act.checkAbility({ ...target, side: 'green' }),
    );
    const { percent } = target;
    if (!able) throw new Error(`green is not able to take ${percent} %: ${reasons.join('; ')}`);
  };
  const all = both.resolved.routes.map(({ id }) => id);
  await askAbility({ ...both, routeIds: all, percent: REHEARSED_PERCENT });
  await recorder.call('rehearseRollback', () => act.rehearseRollback(both));

  let fromPercent = 0;
  const { traffic, singletons, soak } = both.spec;
  const { handOverAtPercent } = singletons;
  for (const step of trafficPlan(traffic, handOverAtPercent, soak.keepBluePercent)) {
    const { routeIds, weightPercent: percent } = step;
    const target = { ...both, routeIds, percent };
    await askAbility(target);
    const expected = Object.fromEntries(routeIds.map((id) => [id, [fromPercent, percent]]));
    const { readBackAt } = await recorder.call('setWeights', () =>
      act.setWeights({ ...target, expected }),
    );
    const since = { since: readBackAt, withinSeconds: step.bakeAtMostSeconds, fromPercent };
    const look = await recorder.call('verifyShare', () => act.verifyShare({ ...target, ...since }));
    fromPercent = percent;
    if (look.verdict !== 'fits') throw new Error(`${percent} % was set: ${JSON.stringify(look)}`);
    if (step.handOver)
      await recorder.call('handOverSingletons', () => act.handOverSingletons(both));
    await delay(step.bakeSeconds * 1000);
  }
}
