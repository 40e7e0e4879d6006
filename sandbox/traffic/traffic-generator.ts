/**
 * The shop's users: an open loop of requests against the load balancer's front door, each recorded with status, colour,
 * latency and time. Invariants: every request that was due is recorded exactly once, also when no answer came; a slow
 * answer does not delay the next request. Runs in a process of its own (main.ts) so that measuring is not disturbed.
 */
import { Agent, errors } from 'undici';
import { seededRandom } from '#sandbox/data-plane/seeded-random.ts';
import { startArrivals } from './arrivals.ts';
import { RequestLog } from './request-log.ts';
import { sessionPool, type Session } from './sessions.ts';

export interface TrafficOptions {
  /** Front door, such as `http://127.0.0.1:8080`. */
  readonly target: string;
  /** @default 150 */
  readonly requestsPerSecond?: number;
  /** Paths asked, evenly. @default the pages of the demo shop */
  readonly paths?: readonly string[];
  /** Number of users with cookies of their own; 0 for users that are not told apart. @default 0 */
  readonly sessions?: number;
  /**
   * Time after which a user gives up. @default 65000: a load balancer's idle timeout is 60 s, so it answers 504 before,
   * and a starved machine is not taken for a shop that lost requests (seen: 669 given up after 10 s at a load of 18)
   */
  readonly timeoutMs?: number;
  /** @default 1 */
  readonly seed?: number;
  /** Requests kept in memory. @default 4000000 */
  readonly keep?: number;
}

const SHOP_PATHS = ['/', '/catalog', '/catalog/teapot', '/orders'] as const;
/** Names the cluster that answered: the colour of an answer. */
const COLOUR_HEADER = 'x-served-by-cluster';
const DEFAULT_REQUESTS_PER_SECOND = 150;

export interface TrafficGenerator {
  readonly target: string;
  readonly log: RequestLog;
  rate(): number;
  setRate(requestsPerSecond: number): void;
  /** Requests sent and not yet answered. */
  underway(): number;
  /** Sends no more and waits until all that were sent have ended. */
  stop(): Promise<void>;
}

export function startTraffic(options: TrafficOptions): TrafficGenerator {
  const { paths = SHOP_PATHS, timeoutMs = 65_000, seed = 1 } = options;
  const log = new RequestLog(options.keep);
  const pathRandom = seededRandom(seed, 'traffic paths');
  const nextSession = sessionPool(options.sessions ?? 0, seededRandom(seed, 'traffic sessions'));
  const agent = new Agent({ connections: 512, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const pool = { agent, origin: new URL(options.target).origin };
  const underway = new Set<Promise<void>>();
  let rate = options.requestsPerSecond ?? DEFAULT_REQUESTS_PER_SECOND;

  const record = async (sentAtMs: number): Promise<void> => {
    const path = paths[Math.floor(pathRandom() * paths.length)] ?? '/';
    const answer = await ask(pool, path, nextSession());
    log.append({ sentAtMs, path, latencyMs: Date.now() - sentAtMs, ...answer });
  };
  const arrivals = startArrivals(rate, seededRandom(seed, 'traffic arrivals'), (sentAtMs) => {
    const ended = record(sentAtMs).finally(() => underway.delete(ended));
    underway.add(ended);
  });

  return {
    target: options.target,
    log,
    rate: () => rate,
    setRate: (requestsPerSecond) => {
      rate = requestsPerSecond;
      arrivals.setRate(rate);
    },
    underway: () => underway.size,
    stop: async () => {
      arrivals.stop();
      await Promise.all(underway);
      await agent.destroy();
    },
  };
}

interface Answer {
  readonly status: number;
  readonly colour: string;
  readonly failure: string;
}

async function ask(
  { agent, origin }: { readonly agent: Agent; readonly origin: string },
  path: string,
  session: Session | undefined,
): Promise<Answer> {
  const cookie = session?.cookieHeader();
  try {
    const answer = await agent.request({
      origin,
      path,
      method: 'GET',
      headers: { 'user-agent': 'shop-traffic/1', ...(cookie === undefined ? {} : { cookie }) },
    });
    session?.take(answer.headers['set-cookie']);
    await answer.body.dump();
    const colour = answer.headers[COLOUR_HEADER];
    return {
      status: answer.statusCode,
      colour: typeof colour === 'string' ? colour : '',
      failure: '',
    };
  } catch (cause) {
    return { status: 0, colour: '', failure: codeOf(cause) };
  }
}

function codeOf(cause: unknown): string {
  if (cause instanceof errors.UndiciError) return cause.code;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}
