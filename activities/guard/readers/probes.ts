import { consecutiveOf } from '#domain/guard/guardrail-rules.ts';
import type { Asked, GuardReader, Look, Seen } from './guard-reader.ts';

/**
 * GETs that the guard makes itself. One that fails is made again at once, a moment later each time, until one succeeds or the
 * rule has its failures: so a look is enough, and nothing is remembered between two of them.
 */
export const readProbes: GuardReader<'probe'> = async (look, asked) =>
  Promise.all(asked.map(async (one) => readOne(look, one)));

async function readOne({ tools, run }: Look, { index, guardrail }: Asked<'probe'>): Promise<Seen> {
  const { ports, timings } = tools;
  const { url, expect, timeoutMs } = guardrail;
  const failures: string[] = [];
  for (;;) {
    const { status } = await ports.httpProbe.get(url, { headers: {}, timeoutMs }, run.signal);
    if (status === expect) return { index, observation: { metric: 'probe', failures: [] } };
    failures.push(status === 0 ? 'no answer' : `status ${status}`);
    if (failures.length >= consecutiveOf(guardrail))
      return { index, observation: { metric: 'probe', failures } };
    // No heartbeat here: it would replace what the guard remembers in its own.
    await ports.clock.sleep(timings.probePauseMs, run.signal);
  }
}
