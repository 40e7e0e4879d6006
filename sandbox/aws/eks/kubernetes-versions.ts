/**
 * The Kubernetes versions this EKS offers: those the sandbox's API server can be (1.33 to 1.36), with the dates AWS published.
 * Support status is told as of a fixed day, so that examples keep working when the calendar moves on.
 * Source: docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, as known on 2026-11-22.
 */
export interface OfferedKubernetesVersion {
  readonly version: string;
  readonly patchVersion: string;
  readonly platformVersion: string;
  readonly releaseDate: Date;
  readonly endOfStandardSupportDate: Date;
  readonly endOfExtendedSupportDate: Date;
  readonly status: 'STANDARD_SUPPORT' | 'EXTENDED_SUPPORT';
}

const offered = (
  version: string,
  patchVersion: string,
  platform: number,
  dates: readonly [released: string, endOfStandard: string, endOfExtended: string],
  status: OfferedKubernetesVersion['status'],
): OfferedKubernetesVersion => ({
  version,
  patchVersion,
  platformVersion: `eks.${platform}`,
  releaseDate: new Date(dates[0]),
  endOfStandardSupportDate: new Date(dates[1]),
  endOfExtendedSupportDate: new Date(dates[2]),
  status,
});

/** Newest first. */
export const OFFERED_VERSIONS: readonly OfferedKubernetesVersion[] = [
  offered('1.36', '1.36.3', 6, ['2026-06-02', '2027-08-02', '2028-08-02'], 'STANDARD_SUPPORT'),
  offered('1.35', '1.35.6', 12, ['2026-01-27', '2027-03-27', '2028-03-27'], 'STANDARD_SUPPORT'),
  offered('1.34', '1.34.9', 21, ['2025-10-02', '2026-12-02', '2027-12-02'], 'STANDARD_SUPPORT'),
  offered('1.33', '1.33.11', 29, ['2025-05-29', '2026-07-29', '2027-07-29'], 'EXTENDED_SUPPORT'),
];

/** What CreateCluster takes when no version is given. */
export const DEFAULT_VERSION = '1.36';

export const offeredVersion = (version: string | undefined): OfferedKubernetesVersion | undefined =>
  OFFERED_VERSIONS.find((candidate) => candidate.version === version);

/** 34 for `1.34`. */
export const minorOf = (version: string | undefined): number =>
  Number(version?.split('.')[1] ?? Number.NaN);
