import { compareVersions } from '#domain/addon-versions.ts';
import { finding, type Finding } from './finding.ts';
import { clientsOf, type Insight } from './upgrade-insights.ts';

/**
 * Deprecated APIs that blue's clients ask for, by what its API server counted since it started: not only what is stored is lost on
 * green, also whoever asks. That nothing was counted proves nothing: each API server behind the endpoint counts for itself, and
 * from its start. A part of `readiness.ts`. Source: Kubernetes documentation, "Kubernetes Deprecation Policy"
 * (`apiserver_requested_deprecated_apis`).
 */
export interface AskedApi {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Empty where none was asked for. */
  readonly subresource: string;
  /** The first minor that no longer serves it, such as `1.32`; empty where none is planned. */
  readonly removedRelease: string;
}

export type AskedFacts =
  | { readonly kind: 'read'; readonly apis: readonly AskedApi[] }
  | { readonly kind: 'unread'; readonly why: string };

export function askedFindings(
  asked: AskedFacts,
  insights: readonly Insight[],
  way: {
    readonly blue: { readonly name: string; readonly version: string };
    readonly targetVersion: string;
  },
): readonly Finding[] {
  const { blue, targetVersion } = way;
  if (asked.kind === 'unread')
    return [
      finding(
        'deprecated-apis-unread',
        'info',
        blue.name,
        `nobody knows which deprecated APIs blue's clients ask for: ${asked.why}`,
        'let the engine `get` the path /metrics of blue (a ClusterRole with nonResourceURLs), or look yourself: `kubectl get --raw /metrics | grep apiserver_requested_deprecated_apis`',
      ),
    ];
  return asked.apis
    .filter(
      ({ removedRelease }) =>
        /^\d+\.\d+$/u.test(removedRelease) &&
        compareVersions(removedRelease, blue.version) > 0 &&
        compareVersions(removedRelease, targetVersion) <= 0,
    )
    .toSorted((a, b) => Number(pathOf(a) > pathOf(b)) - Number(pathOf(a) < pathOf(b)))
    .map((api) => askedFinding(api, insights));
}

function askedFinding(api: AskedApi, insights: readonly Insight[]): Finding {
  const path = pathOf(api);
  const use = insights
    .flatMap(({ deprecations }) => deprecations)
    .find(({ usage }) => usage === pathOf({ ...api, subresource: '' }));
  const who = use === undefined ? ' by somebody' : clientsOf(use) || ' by somebody';
  const instead =
    use === undefined || use.replacedWith === '' ? '' : `, and let it ask for ${use.replacedWith}`;
  return finding(
    'deprecated-api-asked',
    'warn',
    path,
    `${path} was asked for on blue${who}; Kubernetes ${api.removedRelease} no longer serves it`,
    `find the client (EKS's audit log says it: \`filter annotations.k8s.io/deprecated = "true"\`, field userAgent) and upgrade it${instead}`,
  );
}

/** `/apis/policy/v1beta1/podsecuritypolicies`, as insights name it. */
function pathOf({ group, version, resource, subresource }: AskedApi): string {
  const root = group === '' ? '/api' : `/apis/${group}`;
  return `${root}/${version}/${resource}${subresource === '' ? '' : `/${subresource}`}`;
}
