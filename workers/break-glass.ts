import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { createAwsClients, type AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { createEksAccess } from '#activities/adapters/aws/eks-access.ts';
import { createTargetGroups } from '#activities/adapters/aws/target-groups.ts';
import { createCapsuleCalls } from '#activities/adapters/capsules/capsule-calls.ts';
import { readCapsuleSource } from '#activities/adapters/capsules/capsule-by-source.ts';
import { createEksKubernetes } from '#activities/adapters/kubernetes/eks-kubernetes.ts';
import { BREAK_GLASS_TIMINGS, breakGlass } from '#activities/capsule/break-glass.ts';
import { withUsableAccess } from '#activities/capsule/usable-access.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { ownRegion } from './environment.ts';
import { Refused, runProgram } from './run-program.ts';

/**
 * The break-glass program, started by `cutover rollback --break-glass`: needs AWS credentials and nothing else; no Temporal, no
 * worker. `read SOURCE` prints the capsule at `ssm:PATH` or `s3://BUCKET/KEY`; `run LIMIT_MS [force]` carries out the capsule on its standard
 * input, tells on stderr what it does, and prints its report as JSON. Exit codes: 0 a capsule or a report was printed; 1 failed.
 */
process.exitCode = await runProgram(async (signal) => {
  const [verb = '', argument = '', force = ''] = process.argv.slice(2);
  const clients = createAwsClients();
  const clock = { nowMs: () => Date.now() };
  const kubernetes = createEksKubernetes({ clients, clock });
  try {
    if (verb === 'read') return await capsuleAt(clients, argument, signal);
    const parsed = parseCapsule(await text(process.stdin));
    if (!parsed.ok) throw new Refused(parsed.problems.join('\n'));
    const access = createEksAccess({ clients });
    const capsule = await withUsableAccess(access, parsed.capsule, say, signal);
    const report = await breakGlass(
      {
        calls: createCapsuleCalls({ clients, kubernetes }),
        targetGroups: createTargetGroups({ clients }),
        clock: { ...clock, sleep: async (ms, until) => delay(ms, undefined, { signal: until }) },
        timings: BREAK_GLASS_TIMINGS,
      },
      capsule,
      { force: force === 'force', untilMs: clock.nowMs() + Number(argument), say },
      signal,
    );
    return `${JSON.stringify(report)}\n`;
  } finally {
    await kubernetes.close();
    clients.close();
  }
});

async function capsuleAt(
  clients: AwsClients,
  source: string,
  signal: AbortSignal,
): Promise<string> {
  const own = { account: '', region: ownRegion() };
  const { account } = await createEksAccess({ clients }).whoAmI(own, signal);
  const found = await readCapsuleSource(clients, source, { ...own, account }, signal);
  if (found === null) throw new Refused(`there is no capsule at ${source}`);
  return found.text;
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
