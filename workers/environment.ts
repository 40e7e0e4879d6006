import { homedir, hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The only reader of `process.env` in the worker. Temporal's own variables (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`,
 * TLS and API key …) are read by envconfig, AWS's by its SDK; what is left is here, checked once at start.
 */
export interface WorkerEnvironment {
  /** `CUTOVER_LOG_LEVEL`. @default info */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** `CUTOVER_METRICS_ADDRESS`, `host:port` of the Prometheus endpoint; unset: none. */
  readonly metricsAddress: string | undefined;
  /** `TEMPORAL_WORKER_BUILD_ID` and `TEMPORAL_DEPLOYMENT_NAME`, set by a versioning controller; unset: unversioned. */
  readonly deployment: { readonly name: string; readonly buildId: string } | undefined;
  /** `CUTOVER_SHUTDOWN_GRACE_SECONDS`: how long activities may finish after SIGTERM; keep it below the pod's grace. @default 20 */
  readonly shutdownGraceSeconds: number;
  /**
   * `CUTOVER_LAST_WORKER_SECONDS`: how long the last worker of runs with users on green goes on after SIGTERM, for a successor to
   * come; the grace above comes after it. @default 10
   */
  readonly lastWorkerSeconds: number;
  /**
   * Secrets by name, from `CUTOVER_TOKEN_<NAME>`: a plan that says `token: prod-metrics` gets `CUTOVER_TOKEN_PROD_METRICS`.
   * No other variable can be reached from a plan (I10).
   */
  readonly tokens: ReadonlyMap<string, string>;
  /**
   * `CUTOVER_CAPSULES`, an absolute path: where capsules are written when the plan does not say; one directory that all workers
   * share. @default `$XDG_STATE_HOME/cutover/capsules`
   */
  readonly capsulesDirectory: string;
  /**
   * `CUTOVER_DNS_SERVERS`, `host:port` of name servers, separated by commas: asked for authoritative answers instead of the
   * zones' own servers, where the network lets no DNS out. They must not cache. @default the zones' own, on port 53
   */
  readonly dnsServers: readonly string[] | undefined;
  /**
   * `CUTOVER_ALLOWED_HOSTS`, names separated by commas, `*.example.com` for all names under one: hosts that the worker may ask
   * over HTTP because a plan says so (webhooks, Prometheus servers, probes) and load balancers it asks at their doors.
   * Link-local addresses are refused always. @default any host
   */
  readonly allowedHosts: readonly string[] | undefined;
  /**
   * `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`, which EKS sets in pods that get a role: tokens whose
   * issuer tells which cluster the worker runs in. What they open is the SDK's matter.
   */
  readonly roleTokenFiles: readonly string[];
  /** What the Temporal UI shows as the worker: `POD_NAME`, or host and process id. */
  readonly identity: string;
}

/** A variable is set to something that is not allowed. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** Reads and checks the environment. Throws `EnvironmentError` naming the variable. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): WorkerEnvironment {
  const buildId = env['TEMPORAL_WORKER_BUILD_ID'];
  return {
    logLevel: logLevel(env['CUTOVER_LOG_LEVEL'] ?? 'info'),
    metricsAddress: metricsAddress(env['CUTOVER_METRICS_ADDRESS']),
    deployment:
      buildId === undefined
        ? undefined
        : { name: env['TEMPORAL_DEPLOYMENT_NAME'] ?? 'cutover', buildId },
    shutdownGraceSeconds: seconds(
      'CUTOVER_SHUTDOWN_GRACE_SECONDS',
      env['CUTOVER_SHUTDOWN_GRACE_SECONDS'] ?? '20',
    ),
    lastWorkerSeconds: seconds(
      'CUTOVER_LAST_WORKER_SECONDS',
      env['CUTOVER_LAST_WORKER_SECONDS'] ?? '10',
    ),
    tokens: tokensIn(env),
    capsulesDirectory: capsulesDirectory(env),
    dnsServers: dnsServers(env['CUTOVER_DNS_SERVERS']),
    allowedHosts: allowedHosts(env['CUTOVER_ALLOWED_HOSTS']),
    roleTokenFiles: [
      env['AWS_WEB_IDENTITY_TOKEN_FILE'],
      env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
    ].flatMap((file) => (file === undefined || file === '' ? [] : [file])),
    identity: env['POD_NAME'] ?? `${process.pid}@${hostname()}`,
  };
}

function allowedHosts(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  const wrong = hosts.find((host) => !/^(?:\*\.)?[\w.:-]{1,253}$/u.test(host));
  if (wrong === undefined) return hosts;
  throw new EnvironmentError(
    `CUTOVER_ALLOWED_HOSTS has ${JSON.stringify(wrong)}; allowed: host names or *.example.com, separated by commas`,
  );
}

function logLevel(text: string): WorkerEnvironment['logLevel'] {
  if (text === 'debug' || text === 'info' || text === 'warn' || text === 'error') return text;
  throw new EnvironmentError(
    `CUTOVER_LOG_LEVEL is ${JSON.stringify(text)}; allowed: debug, info, warn, error`,
  );
}

const TOKEN_VARIABLE = /^CUTOVER_TOKEN_([A-Z0-9]+(?:_[A-Z0-9]+)*)$/u;

function tokensIn(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const tokens = new Map<string, string>();
  for (const [variable, value] of Object.entries(env)) {
    const name = TOKEN_VARIABLE.exec(variable)?.[1];
    if (name === undefined || value === undefined) continue;
    // Anything else could end the header that carries it.
    if (!/^[\x21-\x7e]{1,8192}$/u.test(value))
      throw new EnvironmentError(
        `${variable} is no token; allowed: 1 to 8192 printable ASCII characters without spaces`,
      );
    tokens.set(name.toLowerCase().replaceAll('_', '-'), value);
  }
  return tokens;
}

function metricsAddress(text: string | undefined): string | undefined {
  if (text === undefined || /^[^\s:]+:\d{1,5}$/u.test(text)) return text;
  throw new EnvironmentError(
    `CUTOVER_METRICS_ADDRESS is ${JSON.stringify(text)}; allowed: host:port, for example 0.0.0.0:9464`,
  );
}

/** Read by itself by the programs that need nothing else of the environment. */
export function capsulesDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const text = env['CUTOVER_CAPSULES'];
  if (text === undefined || text === '') {
    const state = env['XDG_STATE_HOME'] ?? '';
    return join(isAbsolute(state) ? state : join(homedir(), '.local', 'state'), 'cutover/capsules');
  }
  if (isAbsolute(text)) return text;
  throw new EnvironmentError(
    `CUTOVER_CAPSULES is ${JSON.stringify(text)}; allowed: an absolute path, for example /var/lib/cutover/capsules`,
  );
}

/** Where parameters are looked for that are named without a region: `AWS_REGION`, or `AWS_DEFAULT_REGION`. */
export function ownRegion(env: NodeJS.ProcessEnv = process.env): string {
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? '';
  if (region !== '') return region;
  throw new EnvironmentError(
    'AWS_REGION is not set; needed to find a capsule in Parameter Store or S3',
  );
}

function dnsServers(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const servers = text.split(',');
  if (servers.every((server) => /^[^\s:,]+:\d{1,5}$/u.test(server))) return servers;
  throw new EnvironmentError(
    `CUTOVER_DNS_SERVERS is ${JSON.stringify(text)}; allowed: host:port, several with commas between, for example 10.0.0.2:53`,
  );
}

function seconds(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 3600) return value;
  throw new EnvironmentError(
    `${name} is ${JSON.stringify(text)}; allowed: whole seconds, 0 to 3600`,
  );
}
