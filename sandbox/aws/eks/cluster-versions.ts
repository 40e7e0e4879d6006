/** DescribeClusterVersions: which Kubernetes versions EKS offers, and how long it supports them. */
import type * as sdk from '@aws-sdk/client-eks';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import {
  DEFAULT_VERSION,
  OFFERED_VERSIONS,
  type OfferedKubernetesVersion,
} from './kubernetes-versions.ts';
import { page } from './pages.ts';

export function clusterVersionHandlers(): OperationHandlers<typeof sdk> {
  return {
    DescribeClusterVersions: (input) => {
      const wanted = OFFERED_VERSIONS.filter(
        ({ version, status }) =>
          (input.defaultOnly !== true || version === DEFAULT_VERSION) &&
          (input.clusterVersions === undefined || input.clusterVersions.includes(version)) &&
          (input.versionStatus === undefined || input.versionStatus === status) &&
          (input.clusterType === undefined || input.clusterType === 'eks'),
      );
      const { items, nextToken } = page(wanted, input);
      return { clusterVersions: items.map(versionAnswer), nextToken };
    },
  };
}

const versionAnswer = (offered: OfferedKubernetesVersion): sdk.ClusterVersionInformation => ({
  clusterVersion: offered.version,
  clusterType: 'eks',
  defaultPlatformVersion: offered.platformVersion,
  defaultVersion: offered.version === DEFAULT_VERSION,
  releaseDate: offered.releaseDate,
  endOfStandardSupportDate: offered.endOfStandardSupportDate,
  endOfExtendedSupportDate: offered.endOfExtendedSupportDate,
  versionStatus: offered.status,
  kubernetesPatchVersion: offered.patchVersion,
});
