/**
 * One health check of one target over real HTTP or TCP, as ELB-HealthChecker does it. Never throws: whatever goes wrong is a
 * result. Called by target-group.ts at each target's interval.
 */
import { errors } from 'undici';
import { codeMatches, probeTimeoutMs, type HealthCheckSettings } from './target-group-settings.ts';
import {
  REFUSED_HEADER,
  TARGET_HEADER,
  type TargetAddress,
  type TargetNetwork,
} from './target-network.ts';
import type { ProbeResult } from './target.ts';

/** Applications tell probes from users by this, in AWS as here. */
export const HEALTH_CHECK_USER_AGENT = 'ELB-HealthChecker/2.0';

export interface ProbeOptions {
  readonly network: TargetNetwork;
  readonly target: TargetAddress;
  readonly settings: HealthCheckSettings;
  readonly timeScale: number;
  readonly signal: AbortSignal;
}

export async function probeTarget(options: ProbeOptions): Promise<ProbeResult> {
  const { network, target, settings, timeScale } = options;
  const port = settings.port ?? target.port;
  const asked = { address: target.address, port };
  const timeout = AbortSignal.timeout(probeTimeoutMs(settings, timeScale));
  if (settings.protocol === 'TCP') return probeConnection(network, asked, timeout);
  try {
    const answer = await network.poolFor(asked).request({
      path: settings.path,
      method: 'GET',
      headers: {
        host: `${asked.address}:${port}`,
        'user-agent': HEALTH_CHECK_USER_AGENT,
        [TARGET_HEADER]: `${asked.address}:${port}`,
      },
      signal: AbortSignal.any([options.signal, timeout]),
    });
    await answer.body.dump();
    if (answer.headers[REFUSED_HEADER] !== undefined) {
      return { kind: 'failed', detail: 'connection refused' };
    }
    return codeMatches(settings.matcher, answer.statusCode)
      ? { kind: 'passed' }
      : { kind: 'wrong-code', statusCode: answer.statusCode };
  } catch (cause) {
    if (timeout.aborted || cause instanceof errors.HeadersTimeoutError)
      return { kind: 'timed-out' };
    return { kind: 'failed', detail: cause instanceof Error ? cause.message : String(cause) };
  }
}

async function probeConnection(
  network: TargetNetwork,
  asked: TargetAddress,
  timeout: AbortSignal,
): Promise<ProbeResult> {
  const silence = new Promise<ProbeResult>((resolve) => {
    timeout.addEventListener('abort', () => resolve({ kind: 'timed-out' }), { once: true });
  });
  const connection = network.connect(asked).then(
    (socket): ProbeResult => {
      socket.destroy();
      return { kind: 'passed' };
    },
    (cause: unknown): ProbeResult => ({ kind: 'failed', detail: String(cause) }),
  );
  return Promise.race([connection, silence]);
}
