import { DEFAULT_CONFIDENCE, DEFAULT_RULES, type MetricRules } from '#domain/judge/metric-rules.ts';
import type { MetricSamples } from '#domain/judge/classify-metrics.ts';
import type { JudgeSettings } from '#domain/judge/judge.ts';
import { DEFAULT_THRESHOLDS } from '#domain/judge/verdict-thresholds.ts';
import { formatProblems, type PlanFileProblem } from '../plan-file.ts';
import { readText } from '../read-text.ts';
import { ClientError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { parseCanaryConfig, type CanaryConfig } from './canary-config.ts';
import { parseSamples } from './samples-csv.ts';

/** From the files and options of `cutover judge` to what the judge judges. */
export interface JudgeFiles {
  /** Kayenta's configuration; absent: every column is a metric under the defaults. */
  readonly config?: string;
  readonly control: string;
  readonly experiment: string;
}

/** What is said on the command line wins over the configuration. */
export interface JudgeOverrides {
  readonly confidence?: number;
  readonly tolerance?: number;
  readonly direction?: MetricRules['direction'];
  readonly minSamples: number;
}

export interface JudgeInput {
  readonly metrics: readonly MetricSamples[];
  readonly settings: JudgeSettings;
  /** What a person should know although it is no mistake. */
  readonly notes: readonly string[];
}

/** @public A file of the judge cannot be used; every problem with file, line, column and metric. */
export class JudgeFilesError extends ClientError {
  override readonly name = 'JudgeFilesError';
  readonly problems: readonly PlanFileProblem[];

  constructor(problems: readonly PlanFileProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(`the judge’s files have ${count}:\n${formatProblems(problems)}`, {
      next: 'correct the files; docs/judge.md shows what they look like',
      exitCode: EXIT.usage,
    });
    this.problems = problems;
  }
}

/** Half a million samples of a hundred bytes; more than any judgement needs. */
const MOST_CSV_BYTES = 64 * 1_048_576;
const MOST_CONFIG_BYTES = 1_048_576;

/** Throws `JudgeFilesError`, with the problems of all files at once. */
export async function readJudgeInput(
  files: JudgeFiles,
  overrides: JudgeOverrides,
): Promise<JudgeInput> {
  const config = files.config === undefined ? undefined : await readConfig(files.config);
  const wanted = config && new Set(config.metrics.map(({ name }) => name));
  const [control, experiment] = await Promise.all([
    readSamples(files.control, wanted),
    readSamples(files.experiment, wanted),
  ]);
  const problems = [...control.problems, ...experiment.problems];
  if (problems.length > 0) throw new JudgeFilesError(problems);
  const metrics = metricsOf(config, control.columns, experiment.columns);
  return {
    metrics: metrics.map(({ name, rules }) => ({
      name,
      rules: overridden(rules, overrides),
      control: control.columns.get(name) ?? [],
      experiment: experiment.columns.get(name) ?? [],
    })),
    settings: settingsOf(config, overrides),
    notes: [
      ...(config?.ignored ?? []).map((path) => `${files.config}: ${path} has no meaning here`),
      ...metrics.flatMap(({ name }) => [
        ...(control.columns.has(name) ? [] : [`${files.control} has no column ${name}`]),
        ...(experiment.columns.has(name) ? [] : [`${files.experiment} has no column ${name}`]),
      ]),
    ],
  };
}

async function readConfig(file: string): Promise<CanaryConfig> {
  const read = await readText(file, MOST_CONFIG_BYTES);
  const check =
    read.kind === 'text'
      ? parseCanaryConfig(read.text, file)
      : ({ kind: 'invalid', problems: [wholeFile(file, read)] } as const);
  if (check.kind === 'invalid') throw new JudgeFilesError(check.problems);
  return check.config;
}

interface Columns {
  readonly columns: ReadonlyMap<string, readonly number[]>;
  readonly problems: readonly PlanFileProblem[];
}

async function readSamples(
  file: string,
  wanted: ReadonlySet<string> | undefined,
): Promise<Columns> {
  const read = await readText(file, MOST_CSV_BYTES);
  if (read.kind !== 'text') return { columns: new Map(), problems: [wholeFile(file, read)] };
  const parsed = parseSamples(read.text, file, wanted);
  return parsed.kind === 'samples'
    ? { columns: parsed.columns, problems: [] }
    : { columns: new Map(), problems: parsed.problems };
}

function wholeFile(
  file: string,
  { found, allowed }: Pick<PlanFileProblem, 'found' | 'allowed'>,
): PlanFileProblem {
  return { file, line: 1, column: 1, path: [], found, allowed };
}

/** The configuration's metrics; without one all columns of either file, in their order. */
function metricsOf(
  config: CanaryConfig | undefined,
  control: Columns['columns'],
  experiment: Columns['columns'],
): CanaryConfig['metrics'] {
  if (config !== undefined) return config.metrics;
  const names = new Set([...control.keys(), ...experiment.keys()]);
  return [...names].map((name) => ({ name, rules: DEFAULT_RULES }));
}

function overridden(rules: MetricRules, { tolerance, direction }: JudgeOverrides): MetricRules {
  return {
    ...rules,
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(direction === undefined ? {} : { direction }),
    // A metric in no group would not count at all; together they are one more group.
    groups: rules.groups.length > 0 ? rules.groups : [''],
  };
}

function settingsOf(
  config: CanaryConfig | undefined,
  { confidence, minSamples }: JudgeOverrides,
): JudgeSettings {
  return {
    confidence: confidence ?? DEFAULT_CONFIDENCE,
    fewestSamples: minSamples,
    comparisons: config?.isPlainKayenta === true ? 'each-alone' : 'holm',
    thresholds: config?.thresholds ?? DEFAULT_THRESHOLDS,
    groupWeights: config?.groupWeights ?? {},
    names: { experiment: 'experiment', control: 'control' },
  };
}
