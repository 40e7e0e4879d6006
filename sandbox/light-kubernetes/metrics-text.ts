/** What a light API server measures of itself: the deprecated APIs that its owner says were asked for, among other lines. */
import type { AskedApi } from '#domain/preflight/asked-apis.ts';
import type { LightCluster } from './light-cluster.ts';

export function metricsText({ askedApis }: Pick<LightCluster, 'askedApis'>): string {
  return [
    '# HELP apiserver_requested_deprecated_apis [STABLE] Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.',
    '# TYPE apiserver_requested_deprecated_apis gauge',
    ...askedApis.map(lineOf),
    '# HELP apiserver_current_inflight_requests [STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
    '# TYPE apiserver_current_inflight_requests gauge',
    'apiserver_current_inflight_requests{request_kind="readOnly"} 1',
    '',
  ].join('\n');
}

function lineOf({ group, version, resource, subresource, removedRelease }: AskedApi): string {
  const labels = `group="${group}",removed_release="${removedRelease}",resource="${resource}",subresource="${subresource}",version="${version}"`;
  return `apiserver_requested_deprecated_apis{${labels}} 1`;
}
