import type { Facts } from '#domain/migration/migration-state.ts';
import { addonOfProbe, nameOfProbe, type LeftOut, type Probe } from './probe.ts';

/** What became of a probe. */
export type ProbeVerdict =
  | { readonly kind: 'passed'; readonly evidence: string }
  | { readonly kind: 'failed'; readonly evidence: string }
  /** It could not be asked: what it stands on failed already. */
  | { readonly kind: 'not-run'; readonly evidence: string };

export interface ProbeResult {
  readonly probe: string;
  readonly addon: string;
  readonly verdict: ProbeVerdict;
}

/** What a report is made of: a test report of the add-ons. JSON-safe. */
export interface ProbeReport {
  readonly results: readonly ProbeResult[];
  readonly leftOut: readonly LeftOut[];
}

/** An evidence fits on a screen; the cluster has the rest. */
const MOST_EVIDENCE = 400;
/** One fact stays small in history. */
const MOST_FACT = 500;

export function resultOf(probe: Probe, { kind, evidence }: ProbeVerdict): ProbeResult {
  return {
    probe: nameOfProbe(probe),
    addon: addonOfProbe(probe),
    verdict: { kind, evidence: oneLine(evidence) },
  };
}

/** Of every probe whose verdict is that, in order. */
function thatAre({ results }: ProbeReport, kind: ProbeVerdict['kind']): readonly ProbeResult[] {
  return results.filter(({ verdict }) => verdict.kind === kind);
}

/** Counts and names for the phase's facts (I10, I11). */
export function probeFacts(report: ProbeReport): Facts {
  const passed = thatAre(report, 'passed').map(({ probe }) => probe);
  return {
    probes: report.results.length,
    probesPassed: clip(passed.join(', '), MOST_FACT),
    probesLeftOut: clip(
      report.leftOut.map(({ probe, reason }) => `${probe} (${reason})`).join(', '),
      MOST_FACT,
    ),
  };
}

/**
 * What stands against the cluster, in one sentence: the first failure with its evidence, the others by name. Null where nothing
 * failed.
 */
export function failedProbes(
  report: ProbeReport,
): { readonly addon: string; readonly what: string; readonly nextMove: string } | null {
  const [first, ...others] = thatAre(report, 'failed');
  if (first === undefined) return null;
  const { addon, probe, verdict } = first;
  const more = others.length === 0 ? '' : `; failed too: ${named(others)}`;
  const notRun = thatAre(report, 'not-run').map((one) => one.probe);
  const open = notRun.length === 0 ? '' : `; could not be asked: ${notRun.join(', ')}`;
  return {
    addon,
    what: `probe ${probe} failed: ${verdict.evidence}${clip(`${more}${open}`, MOST_FACT * 2)}`,
    nextMove: `look at ${addon} on green (docs/runbook.md, "An add-on probe failed"), mend it, then start again`,
  };
}

function named(results: readonly ProbeResult[]): string {
  return results
    .map(({ probe, addon, verdict }) => `${probe} (${addon}: ${clip(verdict.evidence, 120)})`)
    .join(', ');
}

function oneLine(text: string): string {
  return clip(text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), MOST_EVIDENCE);
}

function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
