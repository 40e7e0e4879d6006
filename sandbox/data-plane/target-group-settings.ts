/**
 * What a target group is told about its targets: how to probe them and how long a leaving one keeps its open requests.
 * Seconds are those of the ELBv2 API; `timeScale` shrinks them for the sandbox, so that a group with AWS's ordinary 30 s
 * interval can be healthy within moments while its description still says 30.
 */

export interface HealthCheckSettings {
  readonly enabled: boolean;
  /** `TCP`: a connection that comes about is a passed check; path and matcher have no meaning then. */
  readonly protocol: 'HTTP' | 'TCP';
  readonly path: string;
  /** Undefined for the port at which the target gets traffic. */
  readonly port?: number;
  /** 5–300 s. */
  readonly intervalSeconds: number;
  /** 2–120 s. */
  readonly timeoutSeconds: number;
  /** 2–10 in a row make an unhealthy target healthy; the first one ever needs only one. */
  readonly healthyThreshold: number;
  /** 2–10 in a row. */
  readonly unhealthyThreshold: number;
  /** Accepted codes as ELBv2 writes them: `200`, `200,202` or `200-299`. */
  readonly matcher: string;
}

export interface TargetGroupSettings {
  readonly targetGroupArn: string;
  readonly healthCheck: HealthCheckSettings;
  /** 0–3600 s. */
  readonly deregistrationDelaySeconds: number;
}

/** A probe is given at least this long: a loaded machine must not look like a sick pod. */
const LEAST_PROBE_TIMEOUT_MS = 1_500;

export function probeIntervalMs(settings: HealthCheckSettings, timeScale: number): number {
  return settings.intervalSeconds * 1000 * timeScale;
}

export function probeTimeoutMs(settings: HealthCheckSettings, timeScale: number): number {
  return Math.max(LEAST_PROBE_TIMEOUT_MS, settings.timeoutSeconds * 1000 * timeScale);
}

export function codeMatches(matcher: string, statusCode: number): boolean {
  return matcher.split(',').some((part) => {
    const [low = '', high = low] = part.split('-');
    return statusCode >= Number(low) && statusCode <= Number(high);
  });
}
