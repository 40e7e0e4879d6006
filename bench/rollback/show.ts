/** The bench's figures for people. */
import type { Figures, Observation, Spread } from './figures.ts';
import type { PeerFigure } from './peers.ts';
import type { RulesFigure } from './rules-figures.ts';

const text = ({ p50, p99 }: Spread): string => `p50 ${p50 ?? '–'} s, p99 ${p99 ?? '–'} s`;

function counts(outcomes: Figures['outcomes']): string {
  return Object.entries(outcomes)
    .map(([ending, count]) => `${ending} ${count}`)
    .join(', ');
}

export function showObservation(part: string, one: Observation): string {
  const since = (atMs: number | null): string =>
    atMs === null || one.firstBadMs === null
      ? '–'
      : `${((atMs - one.firstBadMs) / 1000).toFixed(2)} s`;
  return `${part}: ${one.name}: verdict after ${since(one.verdictMs)}, weights ${since(one.weightsMs)}, last on green ${since(one.lastGreenMs)}, ${one.failedRequests} failed, ${one.ending}; ${one.reason}`;
}

export function showFigures(title: string, figures: Figures): string {
  const { metricsOutage, people } = figures;
  return [
    `${title}: ${figures.failures} failures, ${figures.missed} missed, interval ${figures.intervalSeconds} s`,
    `  first bad → verdict         ${text(figures.detectSeconds)}`,
    `  verdict → weights accepted  ${text(figures.verdictToWeightsSeconds)}`,
    `  first bad → last on green   ${text(figures.firstBadToRestoredSeconds)}`,
    ...Object.entries(figures.byKind).map(
      ([kind, of]) => `    of ${kind.padEnd(22)} ${text(of.firstBadToRestoredSeconds)}`,
    ),
    `  failed requests             ${figures.failedRequests.total}`,
    `  ended as                    ${counts(figures.outcomes)}`,
    ...(metricsOutage === null
      ? []
      : [
          `  silence → verdict           ${text(metricsOutage.detectSeconds)} (the plan waits ${metricsOutage.missingDataSeconds} s)`,
        ]),
    ...(people === null
      ? []
      : [
          `  silence of all → people     ${text(people.haltSeconds)}; their request → weights ${text(people.answerToWeightsSeconds)}`,
        ]),
    '',
  ].join('\n');
}

export function showRules(figures: readonly RulesFigure[]): string {
  return ['many rules, from the verdict on:', ...figures.map(showRulesFigure), ''].join('\n');
}

export function showRulesFigure(figure: RulesFigure): string {
  const { rules, worstHitRules, apiAllowsAtBestSeconds, outcome } = figure;
  const seconds = (value: number | null): string => `${value ?? '–'} s`;
  const worst =
    worstHitRules === 0
      ? ''
      : `, the ${worstHitRules} worst hit ${seconds(figure.verdictToWorstHitSeconds)}`;
  return `  ${rules} rules: weights accepted ${seconds(figure.verdictToWeightsSeconds)}${worst}, all read back ${seconds(figure.verdictToReadBackSeconds)}; the API's limit allows ${apiAllowsAtBestSeconds} s at best; ${outcome}`;
}

export function showPeers(peers: readonly PeerFigure[]): string {
  return [
    'first bad sample → decision, by the documented formulas of others (computed, not run):',
    ...peers.map(({ peer, setting, detectSeconds }) => `  ${peer}, ${setting}: ${detectSeconds} s`),
    '',
  ].join('\n');
}
