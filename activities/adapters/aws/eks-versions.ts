import {
  paginateDescribeClusterVersions,
  type ClusterVersionInformation,
  type EKSClient,
} from '@aws-sdk/client-eks';
import type { OfferedKubernetes } from '#domain/preflight/version-support.ts';

/** Kubernetes versions and how EKS supports them. Throws the SDK's errors. */
export async function versionsOf(
  client: EKSClient,
  signal: AbortSignal,
): Promise<readonly OfferedKubernetes[]> {
  const byVersion = new Map<string, OfferedKubernetes>();
  const pages = paginateDescribeClusterVersions(
    { client },
    { includeAll: true },
    { abortSignal: signal },
  );
  for await (const { clusterVersions } of pages)
    for (const found of clusterVersions ?? []) {
      const { clusterVersion: version, endOfStandardSupportDate, endOfExtendedSupportDate } = found;
      if (version === undefined) continue;
      const dates = {
        endOfStandard: dayOf(endOfStandardSupportDate),
        endOfExtended: dayOf(endOfExtendedSupportDate),
      };
      byVersion.set(version, { version, support: supportOf(found), ...dates });
    }
  return [...byVersion.values()];
}

/** A status that we do not know is not held against the version. */
function supportOf({ versionStatus }: ClusterVersionInformation): OfferedKubernetes['support'] {
  if (versionStatus === 'UNSUPPORTED') return 'ended';
  return versionStatus === 'EXTENDED_SUPPORT' ? 'extended' : 'standard';
}

function dayOf(date: Date | undefined): string | null {
  return date === undefined ? null : date.toISOString().slice(0, 10);
}
