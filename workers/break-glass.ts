import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { createAwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { createEksAccess } from '#activities/adapters/aws/eks-access.ts';
import { createTargetGroups } from '#activities/adapters/aws/target-groups.ts';
import { createCapsuleCalls } from '#activities/adapters/capsules/capsule-calls.ts';
import { readCapsuleSource } from '#activities/adapters/capsules/capsule-by-source.ts';
import { createEksKubernetes } from '#activities/adapters/kubernetes/eks-kubernetes.ts';
import { BREAK_GLASS_TIMINGS, breakGlass } from '#activities/break-glass.ts';
import { withUsableAccess } from '#activities/usable-access.ts';
import { parseCapsule } from '#domain/capsule-parser.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { EnvironmentError, ownRegion } from './environment.ts';

/**
 * The break-glass program, started by `cutover rollback --break-glass`: needs AWS credentials and nothing else; no Temporal, no
 * worker. `read SOURCE` prints the capsule at `ssm:PATH` or `s3://BUCKET/KEY`; `run LIMIT_MS [force]` carries out the capsule on its standard
 * input, tells on stderr what it does, and prints its report as JSON. Exit codes: 0 a capsule or a report was printed; 1 failed.
 */
process.exitCode = await main(process.argv.slice(2));

async function main([verb = '', argument = '', force = '']: readonly string[]): Promise<number> {
  const clients = createAwsClients();
  const clock = { nowMs: () => Date.now() };
  const kubernetes = createEksKubernetes({ clients, clock });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('interrupted')));
  process.once('SIGTERM', () => stop.abort(new Error('told to stop')));
  try {
    if (verb === 'read') {
      const own = { account: '', region: ownRegion() };
      const { account } = await createEksAccess({ clients }).whoAmI(own, stop.signal);
      const access = { ...own, account };
      const found = await readCapsuleSource(clients, argument, access, stop.signal);
      if (found === null) return refuse(`there is no capsule at ${argument}`);
      process.stdout.write(found.text);
      return 0;
    }
    const parsed = parseCapsule(await text(process.stdin));
    if (!parsed.ok) return refuse(parsed.problems.join('\n'));
    const capsule = await withUsableAccess(
      createEksAccess({ clients }),
      parsed.capsule,
      say,
      stop.signal,
    );
    const report = await breakGlass(
      {
        calls: createCapsuleCalls({ clients, kubernetes }),
        targetGroups: createTargetGroups({ clients }),
        clock: { ...clock, sleep: async (ms, signal) => delay(ms, undefined, { signal }) },
        timings: BREAK_GLASS_TIMINGS,
      },
      capsule,
      { force: force === 'force', untilMs: clock.nowMs() + Number(argument), say },
      stop.signal,
    );
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return 0;
  } catch (cause) {
    if (cause instanceof CutoverFailure || cause instanceof EnvironmentError || stop.signal.aborted)
      return refuse(cause instanceof Error ? cause.message : String(cause));
    throw cause;
  } finally {
    await kubernetes.close();
    clients.close();
  }
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

function refuse(why: string): number {
  say(why);
  return 1;
}
