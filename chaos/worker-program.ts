/**
 * A worker that dies where it is told to: production's workers over production's adapters, with one thing around each activity. Started
 * by `worker-process.ts`, again after every death. A death is written down before it happens, and nothing else is: a process that
 * is killed has no last word.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { cancellationSignal } from '@temporalio/activity';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
} from '@temporalio/worker';
import { z } from 'zod';
import type { MigrationActivities } from '#activities/contract.ts';
import { createActivities } from '#activities/create-activities.ts';
import { createPorts } from '#workers/create-ports.ts';
import { createWorkers } from '#workers/create-workers.ts';
import { createLogger } from '#workers/logger.ts';
import type { Moment } from './kill-points.ts';
import { isActivityName, workOf, type ActivityName } from './works.ts';

const settingSchema = z.object({
  CHAOS_SETTING: z.string().transform((text) =>
    z
      .object({
        temporalAddress: z.string(),
        namespace: z.string(),
        bundle: z.string(),
        capsules: z.string(),
        diary: z.string(),
        deaths: z.array(z.object({ work: z.string(), moment: z.string() })),
      })
      .parse(JSON.parse(text)),
  ),
});

const { CHAOS_SETTING: setting } = settingSchema.parse(process.env);

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: {
    logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
  },
});
const { ports } = createPorts({
  logger: createLogger({ logLevel: 'error' }),
  capsulesDirectory: setting.capsules,
});
const activities = createActivities(ports);
const workers = await createWorkers({
  connection: await NativeConnection.connect({ address: setting.temporalAddress }),
  namespace: setting.namespace,
  activities: deadly(activities),
  identity: `chaos-${process.pid}`,
  deployment: undefined,
  shutdownGraceSeconds: 1,
  workflowBundle: { code: readFileSync(setting.bundle, 'utf8') },
});
const ended = Promise.all(workers.map((worker) => worker.run()));
process.once('disconnect', () => process.exit());
process.send?.('ready');
// Whoever is killed has no time for it, and the next one starts in half the time.
flushCompileCache();
await ended;

function deadly(given: MigrationActivities): MigrationActivities {
  const wrapped: unknown = Object.fromEntries(
    Object.entries(given).map(([name, activity]: [string, unknown]) => {
      if (!isActivityName(name) || typeof activity !== 'function')
        throw new Error(`${name} is an activity that no kill point knows`);
      const call = async (input: unknown): Promise<unknown> =>
        Reflect.apply(activity, given, [input]);
      return [name, async (input: unknown) => lived(name, call, input)];
    }),
  );
  if (!areActivities(wrapped)) throw new Error('activities are missing');
  return wrapped;
}

function areActivities(value: unknown): value is MigrationActivities {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(activities).every((name) => name in value)
  );
}

/** The activity ends when it returns, or when it lets go because it is cancelled; what it waits for comes in a later attempt. */
async function lived(
  name: ActivityName,
  call: (input: unknown) => Promise<unknown>,
  input: unknown,
): Promise<unknown> {
  dieIfDue(name, input, 'before the effect');
  try {
    const result = await call(input);
    dieIfDue(name, input, 'after the effect');
    return result;
  } catch (cause) {
    if (cancellationSignal().aborted) dieIfDue(name, input, 'after the effect');
    throw cause;
  }
}

function dieIfDue(name: ActivityName, input: unknown, moment: Moment): void {
  const work = workOf(name, input);
  const isDue = setting.deaths.some((one) => one.work === work && one.moment === moment);
  if (!isDue) return;
  appendFileSync(setting.diary, `${JSON.stringify({ work, moment })}\n`);
  process.kill(process.pid, 'SIGKILL');
}
