/**
 * A Kayenta canary configuration: what of it the judge needs. How metrics are queried is left aside; what stands under
 * `analysisConfigurations.canary` and is not known here is told, because it would silently change the verdict.
 */
import { z } from 'zod';
import {
  DEFAULT_OUTLIER_FACTOR,
  DEFAULT_RULES,
  effectLimits,
  type EffectLimits,
  type MetricRules,
} from '#domain/judge/metric-rules.ts';
import { DEFAULT_THRESHOLDS, type VerdictThresholds } from '#domain/judge/verdict-thresholds.ts';
import { fieldsOf, isFields } from '#domain/json/json-fields.ts';
import { formatPath, type PlanPath, type PlanProblem } from '#domain/plan/problems.ts';
import { checkSchema } from '#domain/plan/zod-problems.ts';
import { readPlanDocument } from '../plan-document.ts';
import type { PlanFileProblem } from '../plan-file.ts';

export interface CanaryConfig {
  readonly metrics: readonly { readonly name: string; readonly rules: MetricRules }[];
  /** Percent by group. */
  readonly groupWeights: Readonly<Record<string, number>>;
  readonly thresholds: VerdictThresholds;
  /** The configuration names one of Kayenta's judges: each metric is judged alone, as there. */
  readonly isPlainKayenta: boolean;
  /** What was there and has no meaning here, by path. */
  readonly ignored: readonly string[];
}

export type CanaryConfigCheck =
  | { readonly kind: 'config'; readonly config: CanaryConfig }
  | { readonly kind: 'invalid'; readonly problems: readonly PlanFileProblem[] };

/** @param file the name to show in problems */
export function parseCanaryConfig(text: string, file: string): CanaryConfigCheck {
  const document = readPlanDocument(text);
  const place = (problem: PlanProblem): PlanFileProblem => {
    const { path, found, allowed, hint } = problem;
    const shown = { file, ...document.positionOf(problem), path, found, allowed };
    return hint === undefined ? shown : { ...shown, hint };
  };
  if (document.problems.length > 0)
    return { kind: 'invalid', problems: document.problems.map((one) => ({ file, ...one })) };
  const tree = withoutNulls(document.tree);
  const checked = checkSchema(configSchema, tree);
  if (checked.kind === 'invalid')
    return { kind: 'invalid', problems: checked.problems.map((problem) => place(problem)) };
  const problems = [...repeatedNames(checked.value), ...weightProblems(checked.value)];
  if (problems.length > 0) return { kind: 'invalid', problems: problems.map((one) => place(one)) };
  return { kind: 'config', config: configOf(checked.value, tree) };
}

/** Kayenta takes `"true"` and `"1.1"` for what they say. */
const flag = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
    error: 'true or false',
  })
  .default(false);

function number(least: number, most: number): z.ZodType<number> {
  const error = `a number from ${least} to ${most}`;
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^\s*[\d.]+\s*$/u)
          .transform(Number),
      ],
      { error },
    )
    .refine((value) => value >= least && value <= most, { error });
}

const limit = number(0, 1_000_000).optional();

const effectSizeSchema = z.object({
  measure: z.enum(['meanRatio', 'cles']).default('meanRatio'),
  allowedIncrease: limit,
  allowedDecrease: limit,
  criticalIncrease: limit,
  criticalDecrease: limit,
});

const outliersSchema = z.object({
  strategy: z.enum(['remove', 'keep']).default('keep'),
  outlierFactor: number(0.001, 1_000).default(DEFAULT_OUTLIER_FACTOR),
});

const canarySchema = z.object({
  direction: z.enum(['increase', 'decrease', 'either']).default(DEFAULT_RULES.direction),
  nanStrategy: z.enum(['remove', 'replace']).default('remove'),
  critical: flag,
  mustHaveData: flag,
  effectSize: effectSizeSchema.prefault({}),
  outliers: outliersSchema.prefault({}),
});

const name = z.string().min(1, { error: 'the name of a metric' });
const percent = number(0, 100);

const configSchema = z.object({
  metrics: z
    .array(
      z.object({
        name,
        groups: z.array(z.string()).default([]),
        analysisConfigurations: z.object({ canary: canarySchema.prefault({}) }).prefault({}),
      }),
      { error: 'a list of metrics' },
    )
    .min(1, { error: 'at least one metric' }),
  judge: z.object({ name: z.string().optional() }).optional(),
  classifier: z
    .object({
      groupWeights: z.record(z.string(), percent).prefault({}),
      scoreThresholds: z
        .object({
          pass: percent.default(DEFAULT_THRESHOLDS.pass),
          marginal: percent.default(DEFAULT_THRESHOLDS.marginal),
        })
        .prefault({}),
    })
    .prefault({}),
});

type Config = z.output<typeof configSchema>;

function configOf(config: Config, tree: unknown): CanaryConfig {
  const { metrics, judge, classifier } = config;
  return {
    metrics: metrics.map(({ name, groups, analysisConfigurations: { canary } }) => ({
      name,
      rules: {
        direction: canary.direction,
        critical: canary.critical,
        mustHaveData: canary.mustHaveData,
        tolerance: DEFAULT_RULES.tolerance,
        missing: canary.nanStrategy === 'replace' ? 'zero' : 'remove',
        outlierFactor: canary.outliers.strategy === 'remove' ? canary.outliers.outlierFactor : null,
        effect: effectOf(canary.effectSize),
        groups,
      },
    })),
    groupWeights: classifier.groupWeights,
    thresholds: classifier.scoreThresholds,
    isPlainKayenta: judge?.name !== undefined,
    ignored: unknownSettings(tree),
  };
}

function effectOf({ measure, ...limits }: z.output<typeof effectSizeSchema>): EffectLimits {
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return effectLimits(measure === 'cles' ? 'cles' : 'mean-ratio', Object.fromEntries(given));
}

function repeatedNames({ metrics }: Config): readonly PlanProblem[] {
  return metrics.flatMap(({ name }, index) =>
    metrics.findIndex((other) => other.name === name) === index
      ? []
      : [
          {
            path: ['metrics', index, 'name'],
            about: 'value' as const,
            found: 'the same metric again',
            allowed: 'each metric once',
          },
        ],
  );
}

function weightProblems({
  classifier: { groupWeights, scoreThresholds },
}: Config): readonly PlanProblem[] {
  const sum = Object.values(groupWeights).reduce((total, weight) => total + weight, 0);
  const problems: PlanProblem[] = [];
  if (sum > 100 + 1e-6)
    problems.push({
      path: ['classifier', 'groupWeights'],
      about: 'value',
      found: `weights of ${sum} together`,
      allowed: 'weights of 100 together',
    });
  if (scoreThresholds.marginal > scoreThresholds.pass)
    problems.push({
      path: ['classifier', 'scoreThresholds', 'marginal'],
      about: 'value',
      found: `${scoreThresholds.marginal}, above pass`,
      allowed: `at most pass, ${scoreThresholds.pass}`,
    });
  return problems;
}

/** Paths under `canary` that no schema here knows. */
function unknownSettings(tree: unknown): readonly string[] {
  const { metrics } = fieldsOf(tree);
  if (!Array.isArray(metrics)) return [];
  return metrics.flatMap((metric: unknown, index) => {
    const { canary } = fieldsOf(fieldsOf(metric)['analysisConfigurations']);
    const { effectSize, outliers } = fieldsOf(canary);
    const path: PlanPath = ['metrics', index, 'analysisConfigurations', 'canary'];
    return [
      ...strangers(canary, canarySchema, path),
      ...strangers(effectSize, effectSizeSchema, [...path, 'effectSize']),
      ...strangers(outliers, outliersSchema, [...path, 'outliers']),
    ];
  });
}

function strangers(value: unknown, { shape }: z.ZodObject, path: PlanPath): readonly string[] {
  return Object.keys(fieldsOf(value))
    .filter((key) => !Object.hasOwn(shape, key))
    .map((key) => formatPath([...path, key]));
}

/** What Kayenta writes as null it means as absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutNulls(item));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === null ? [] : [[key, withoutNulls(inner)] as const],
    ),
  );
}
