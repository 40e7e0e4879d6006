import type { ProbeReport } from '#domain/addon-probes/probe-result.ts';
import { compareVersions } from '#domain/addon-versions.ts';

/**
 * Which versions of add-ons were tried on which Kubernetes version, and what became of it: a file that is committed beside the plan,
 * written by `cutover certify` and shown by `cutover plan`. A combination stands in it once; whoever wants it tried again takes its row
 * out. Pure.
 */
export interface AddonMatrix {
  readonly rows: readonly MatrixRow[];
}

export interface MatrixRow extends AddonVersion {
  /** Minor, such as `1.36`. */
  readonly kubernetes: string;
  /** `healthy`: EKS says so, and no probe asks this add-on for its work. */
  readonly result: 'passed' | 'failed' | 'healthy';
  /** Those that decided, in their order. */
  readonly probes: readonly string[];
  /** Of what failed; empty otherwise. */
  readonly evidence: string;
  /** Day of the verdict, UTC, `2026-11-26`. */
  readonly date: string;
}

export interface AddonVersion {
  readonly addon: string;
  readonly version: string;
}

/** What was tried together, and what was seen. */
export interface Certification {
  readonly kubernetes: string;
  readonly addons: readonly AddonVersion[];
  readonly report: ProbeReport;
  readonly date: string;
}

export function rowOf(
  { rows }: AddonMatrix,
  kubernetes: string,
  { addon, version }: AddonVersion,
): MatrixRow | null {
  return (
    rows.find(
      (row) => row.kubernetes === kubernetes && row.addon === addon && row.version === version,
    ) ?? null
  );
}

/** Are all of them in it? */
export function isTried(
  matrix: AddonMatrix,
  kubernetes: string,
  addons: readonly AddonVersion[],
): boolean {
  return addons.every((addon) => rowOf(matrix, kubernetes, addon) !== null);
}

/** The matrix with what was tried and is new in it, in its order. What stands in it stays as it is. */
export function withCertification(matrix: AddonMatrix, tried: Certification): AddonMatrix {
  const fresh = tried.addons
    .filter((addon) => rowOf(matrix, tried.kubernetes, addon) === null)
    .flatMap((addon) => rowFor(addon, tried));
  return { rows: [...matrix.rows, ...fresh].toSorted(inOrder) };
}

/** None where its probes could not be asked: nothing is known of it then. */
function rowFor(
  { addon, version }: AddonVersion,
  { kubernetes, report, date }: Certification,
): readonly MatrixRow[] {
  const about = report.results.filter((result) => result.addon === addon);
  const failed = about.filter(({ verdict }) => verdict.kind === 'failed');
  const isOpen = about.some(({ verdict }) => verdict.kind === 'not-run');
  const common = { kubernetes, addon, version, date };
  if (failed.length > 0) {
    const evidence = failed.map(({ probe, verdict }) => `${probe}: ${verdict.evidence}`).join('; ');
    return [{ ...common, result: 'failed', probes: failed.map(({ probe }) => probe), evidence }];
  }
  if (isOpen) return [];
  const probes = about.map(({ probe }) => probe);
  const result = probes.length === 0 ? 'healthy' : 'passed';
  return [{ ...common, result, probes, evidence: '' }];
}

function inOrder(a: MatrixRow, b: MatrixRow): number {
  return (
    compareVersions(a.kubernetes, b.kubernetes) ||
    a.addon.localeCompare(b.addon, 'en') ||
    compareVersions(a.version, b.version) ||
    a.version.localeCompare(b.version, 'en')
  );
}
