import { compareVersions } from '#domain/addon-versions.ts';
import { assertNever } from '#domain/assert-never.ts';
import { finding, type Finding } from './finding.ts';

/**
 * What EKS itself says against the upgrade. What passed long ago is not known to pass now: missing news is no good news (I4). A part
 * of `readiness.ts`. Source: Amazon EKS User Guide, "Cluster insights" (EKS looks once a day, and when it is asked to).
 */
export interface Insight {
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly status: 'PASSING' | 'WARNING' | 'ERROR' | 'UNKNOWN';
  readonly reason: string;
  /** When EKS last looked, epoch milliseconds; null where it does not say. */
  readonly refreshedAtMs: number | null;
  /** What EKS recommends; empty for what passes. */
  readonly recommendation: string;
  /** Deprecated APIs that clients of the cluster ask for; none for what passes. */
  readonly deprecations: readonly DeprecatedUse[];
}

export interface DeprecatedUse {
  /** As in `/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas`. */
  readonly usage: string;
  /** As `usage`; empty where there is nothing. */
  readonly replacedWith: string;
  readonly clients: readonly {
    readonly userAgent: string;
    /** In the last 30 days. */
    readonly requests: number;
  }[];
}

export interface InsightFacts {
  readonly found: readonly Insight[];
  readonly nowMs: number;
  /** Why they are older than they might be; null: they are fresh. */
  readonly notRefreshed: string | null;
}

interface Way {
  readonly blue: { readonly name: string; readonly version: string };
  readonly targetVersion: string;
}

const HOUR_MS = 3_600_000;
/** EKS looks once a day: what is older was not looked at when it should have been. */
const UNKNOWN_AFTER_HOURS = 24;

/** Only what lies on the way from blue's version to the target matters. */
export function onTheWay(
  insights: readonly Insight[],
  { blue, targetVersion }: Way,
): readonly Insight[] {
  return insights.filter(
    ({ kubernetesVersion }) =>
      compareVersions(kubernetesVersion, blue.version) > 0 &&
      compareVersions(kubernetesVersion, targetVersion) <= 0,
  );
}

/** Since EKS last looked at any of them; null where it never did. */
export function ageHours(insights: readonly Insight[], nowMs: number): number | null {
  const looks = insights.flatMap(({ refreshedAtMs }) =>
    refreshedAtMs === null ? [] : [refreshedAtMs],
  );
  return looks.length === 0 ? null : Math.max(0, nowMs - Math.max(...looks)) / HOUR_MS;
}

export function insightFindings(
  { found, nowMs, notRefreshed }: InsightFacts,
  way: Way,
): readonly Finding[] {
  const { name } = way.blue;
  if (compareVersions(way.targetVersion, way.blue.version) <= 0) return [];
  const ours = onTheWay(found, way);
  const age = ageHours(ours, nowMs);
  const said = ours.flatMap((insight) => insightFinding(insight, name));
  if (age === null || age > UNKNOWN_AFTER_HOURS)
    return [...said, unknown(name, age, way.targetVersion, notRefreshed)];
  if (notRefreshed === null) return said;
  const title = `the insights are ${hours(age)} old: ${notRefreshed}`;
  const remedy =
    'allow `eks:StartInsightsRefresh` and `eks:DescribeInsightsRefresh`, or refresh them yourself and start again';
  return [...said, finding('insights-not-refreshed', 'info', name, title, remedy)];
}

function insightFinding(insight: Insight, blue: string): readonly Finding[] {
  const { name, kubernetesVersion, reason, recommendation } = insight;
  const title = `${name} (${kubernetesVersion}): ${reason}${usesOf(insight)}`;
  const advice = recommendation === '' ? null : `EKS recommends: ${shortened(recommendation)}`;
  switch (insight.status) {
    case 'PASSING':
      return [];
    case 'ERROR':
      return [
        finding('insight-error', 'block', blue, title, advice ?? 'mend what the insight names'),
      ];
    case 'WARNING':
      return [
        finding(
          'insight-warning',
          'warn',
          blue,
          title,
          advice ?? 'read the insight before you approve',
        ),
      ];
    case 'UNKNOWN':
      return [finding('insight-unknown', 'warn', blue, title, 'EKS could not tell: look yourself')];
    default:
      return assertNever(insight.status);
  }
}

function unknown(
  blue: string,
  age: number | null,
  targetVersion: string,
  notRefreshed: string | null,
): Finding {
  const why = notRefreshed === null ? '' : ` (${notRefreshed})`;
  const title =
    age === null
      ? `EKS has no insight of the way to ${targetVersion}${why}`
      : `the insights are ${hours(age)} old${why}: what passed then is not known to pass now`;
  return finding('insight-unknown', 'warn', blue, title, 'refresh them, or look yourself');
}

/** More would only be read by nobody. */
const MOST = 3;
const LONGEST_ADVICE = 300;

function usesOf({ deprecations }: Insight): string {
  if (deprecations.length === 0) return '';
  const named = deprecations.slice(0, MOST).map((use) => `${use.usage}${clientsOf(use)}`);
  const more = deprecations.length - named.length;
  return `; asked for: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** Such as ` by kubectl/v1.29 (34 requests in 30 days)`; those that ask most first. */
export function clientsOf({ clients }: Pick<DeprecatedUse, 'clients'>): string {
  if (clients.length === 0) return '';
  const named = clients
    .toSorted((a, b) => b.requests - a.requests)
    .slice(0, MOST)
    .map(({ userAgent, requests }) => `${userAgent} (${requests} requests in 30 days)`);
  const more = clients.length - named.length;
  return ` by ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function shortened(text: string): string {
  return text.length > LONGEST_ADVICE ? `${text.slice(0, LONGEST_ADVICE - 1)}…` : text;
}

function hours(age: number): string {
  return `${Math.round(age)} h`;
}
