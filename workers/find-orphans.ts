import { text } from 'node:stream/consumers';
import { createAwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { createCapsuleCalls } from '#activities/adapters/capsules/capsule-calls.ts';
import { findOrphans } from '#activities/capsule/find-orphans.ts';
import { capsulePlace } from '#activities/capsule/write-capsule.ts';
import { isFields } from '#domain/json/json-fields.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { createPorts } from './create-ports.ts';
import { capsulesDirectory } from './environment.ts';
import { createLogger } from './logger.ts';
import { runProgram } from './run-program.ts';

/**
 * The AWS side of `cutover doctor --orphans`: reads a checked plan, or nothing, on its standard input, and prints what it found as
 * JSON. Without a plan the capsules are those of this machine's own directory. Exit codes: 0 looked; 1 could not.
 */
process.exitCode = await runProgram(async (signal) => {
  const clients = createAwsClients();
  const directory = capsulesDirectory();
  const { ports, close } = createPorts({
    logger: createLogger({ logLevel: 'error' }),
    capsulesDirectory: directory,
  });
  try {
    const plan = planIn(await text(process.stdin));
    const place = plan === null ? ({ with: 'file', directory } as const) : capsulePlace(plan.spec);
    const capsules = await ports.capsules.list(place, signal);
    const calls = createCapsuleCalls({ clients, kubernetes: ports.kubernetes });
    const search = await findOrphans({ ports, calls }, { capsules, plan }, signal);
    return `${JSON.stringify(search)}\n`;
  } finally {
    await close();
    clients.close();
  }
});

/** The command line has checked it; null where it had none. */
function planIn(input: string): MigrationPlan | null {
  if (input.trim() === '') return null;
  const raw: unknown = JSON.parse(input);
  return isPlan(raw) ? raw : null;
}

function isPlan(raw: unknown): raw is MigrationPlan {
  return isFields(raw) && raw['kind'] === 'ClusterMigration' && isFields(raw['spec']);
}
