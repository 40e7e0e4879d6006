/** What the account saw while it was measured, read off the emulator's audit before the audit forgets: counts, and writes of rules. */
import type { Audit, AuditEntry } from '#sandbox/aws/core/audit.ts';
import { writtenOn, type RoutePlace } from '../rollback/rule-writes.ts';

const EVERY_MS = 2_000;
const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded/u;

interface Write {
  readonly atMs: number;
  readonly weights: ReadonlyMap<string, number>;
}

export interface Calls {
  /** By service, accepted or not. */
  readonly counts: ReadonlyMap<string, number>;
  /** Refused because of the rate limit, by operation. */
  readonly throttled: ReadonlyMap<string, number>;
  /** Changes of Elastic Load Balancing that the rate limit let through. */
  readonly mutations: number;
  /** When the API had accepted the first write after `fromMs` that gives green nothing. */
  weightsBackMs(place: RoutePlace, fromMs: number): number | null;
  /** Calls about this place's rule and target groups in that time, each in words with its seconds after `fromMs`. */
  about(place: RoutePlace, fromMs: number, toMs: number): readonly string[];
  stop(): void;
}

interface Said {
  readonly atMs: number;
  readonly what: string;
}

const ARN = /arn:aws[^"]+/gu;

export function followCalls(audits: readonly Audit[]): Calls {
  const counts = new Map<string, number>();
  const throttled = new Map<string, number>();
  const writes = new Map<string, Write[]>();
  const said = new Map<string, Said[]>();
  const seen = audits.map((audit) => audit.entries().at(-1)?.sequence ?? 0);
  let mutations = 0;
  const count = (entry: AuditEntry): void => {
    const { service, operation, result } = entry;
    add(counts, service);
    if (result.kind === 'error' && THROTTLED.test(result.code)) add(throttled, operation);
    if (service === 'elasticloadbalancing' && result.kind === 'ok' && !isRead(operation))
      mutations += 1;
    if (service === 'elasticloadbalancing') remember(said, entry);
    const written = writtenOn(entry);
    if (written === null) return;
    const before = writes.get(written.ruleArn) ?? [];
    writes.set(written.ruleArn, [...before, { ...written, atMs: Date.parse(entry.at) }]);
  };
  const read = (): void => {
    for (const [index, audit] of audits.entries()) {
      const known = seen[index] ?? 0;
      const entries = audit.entries();
      for (const entry of entries) if (entry.sequence > known) count(entry);
      seen[index] = entries.at(-1)?.sequence ?? known;
    }
  };
  const timer = setInterval(read, EVERY_MS);
  return {
    counts,
    throttled,
    get mutations() {
      return mutations;
    },
    weightsBackMs: ({ ruleArn, greenTargetGroupArn }, fromMs) =>
      writes
        .get(ruleArn)
        ?.find(
          ({ atMs, weights }) => atMs >= fromMs && (weights.get(greenTargetGroupArn) ?? 0) === 0,
        )?.atMs ?? null,
    about: ({ ruleArn, greenTargetGroupArn, blueTargetGroupArn }, fromMs, toMs) =>
      // One call may name all three.
      [
        ...new Set(
          [ruleArn, greenTargetGroupArn, blueTargetGroupArn].flatMap((arn) => said.get(arn) ?? []),
        ),
      ]
        .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
        .toSorted((a, b) => a.atMs - b.atMs)
        .map(({ atMs, what }) => `+${((atMs - fromMs) / 1_000).toFixed(2)} ${what}`),
    stop: () => {
      clearInterval(timer);
      read();
    },
  };
}

function remember(said: Map<string, Said[]>, { operation, input, result, at }: AuditEntry): void {
  const what = result.kind === 'error' ? `${operation} ${result.code}` : operation;
  const call = { atMs: Date.parse(at), what };
  for (const [arn] of JSON.stringify(input).matchAll(ARN)) {
    const before = said.get(arn) ?? [];
    before.push(call);
    said.set(arn, before);
  }
}

function isRead(operation: string): boolean {
  return operation.startsWith('Describe') || operation.startsWith('List');
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
