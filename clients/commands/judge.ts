import { assertNever } from '#domain/assert-never.ts';
import { judge, type Judgement } from '#domain/judge/judge.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readJudgeInput, type JudgeFiles, type JudgeOverrides } from '../judge/judge-input.ts';
import { judgementText } from '../show/judgement-text.ts';
import { createOutput } from '../show/output.ts';
import type { OutputOptions } from './options.ts';

/** `cutover judge`: compares two files of samples as the engine compares green with blue. Asks nobody, changes nothing. */
export async function judgeCommand(
  options: OutputOptions & JudgeFiles & JudgeOverrides,
): Promise<ExitCode> {
  const output = createOutput(options);
  const { metrics, settings, notes } = await readJudgeInput(options, options);
  for (const note of notes) output.say(`note: ${note}`);
  const judgement = judge(metrics, settings);
  output.data(jsonSafe(judgement), judgementText);
  return exitCodeOf(judgement.verdict);
}

/** JSON has no infinity: an effect from a control of 0 is null there, and its reason says so. */
function jsonSafe(judgement: Judgement): Judgement {
  const metrics = judgement.metrics.map((metric) => ({
    ...metric,
    effect: metric.effect !== null && Number.isFinite(metric.effect) ? metric.effect : null,
  }));
  return { ...judgement, metrics };
}

function exitCodeOf(verdict: Judgement['verdict']): ExitCode {
  switch (verdict) {
    case 'pass':
      return EXIT.done;
    case 'marginal':
      return EXIT.warnings;
    case 'fail':
      return EXIT.blocked;
    case 'nodata':
      return EXIT.timedOut;
    default:
      return assertNever(verdict);
  }
}
