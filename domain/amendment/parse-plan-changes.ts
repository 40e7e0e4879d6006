import { jsonBytes } from '#domain/migration/bounds.ts';
import {
  fields,
  listOf,
  named,
  number,
  oneOf,
  taggedBy,
  text,
  whole,
  type Shape,
} from '#domain/json/json-shape.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { PlanChanges } from './plan-changes.ts';

/**
 * Reads the `changes` of an amendment: JSON of unknown origin becomes {@link PlanChanges}, or a sentence that names the first
 * field that is wrong and what is allowed. Bounds of values are those of the plan's schema (a test holds both together); whether
 * a change fits the plan and what was done already is asked by `amendment.ts`. Called by the message parser.
 */
type Analysis = MigrationPlan['spec']['analysis'];

/** Of the changes in one message, as JSON. */
const MOST_CHANGES_BYTES = 16 * 1024;

const HOUR = 3_600;
const DAY = 24 * HOUR;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;

const TEN_MINUTES_MS = 600_000;
const METRIC = { metric: text(63) } as const;
const WINDOW = { windowSeconds: whole(1, HOUR) } as const;
const CONSECUTIVE = { consecutive: whole(1, 10) } as const;
const COUNTED = { ...METRIC, from: text(63), minRequests: whole(0, 1_000_000) } as const;
const SHARE = counted(number(0, 100));
const LATENCY = counted(whole(1, TEN_MINUTES_MS));
const ANY_NUMBER = number(-Number.MAX_VALUE, Number.MAX_VALUE);

/** A metric without a row here does not compile. */
const GUARDRAILS: Readonly<Record<Analysis['guardrails'][number]['metric'], Shape>> = {
  'error-rate': SHARE,
  'connection-errors': SHARE,
  'load-balancer-5xx': SHARE,
  'latency-p50': LATENCY,
  'latency-p90': LATENCY,
  'latency-p99': LATENCY,
  'healthy-targets': withAll({ ...COUNTED, min: whole(1, 1_000) }),
  alarm: withAll({ ...METRIC, alarm: text(350) }, { windowSeconds: whole(0, HOUR) }),
  promql: withAll(
    { ...METRIC, from: text(63), query: text(4_000) },
    { ...CONSECUTIVE, max: ANY_NUMBER, min: ANY_NUMBER },
  ),
  probe: withAll(
    { ...METRIC, url: text(2_048), expect: whole(100, 599), timeoutMs: whole(100, 5_000) },
    CONSECUTIVE,
  ),
  kubernetes: withAll(
    { ...METRIC, crashLoops: whole(0, 10_000), notReadyPercent: number(0, 100) },
    { ...CONSECUTIVE, ...WINDOW },
  ),
};

const COMPARISON = fields(
  {
    metric: oneOf(['error-rate', 'latency-p50', 'latency-p90', 'latency-p99']),
    from: text(63),
    direction: oneOf(['increase', 'decrease', 'either']),
    critical: oneOf([true, false]),
    allowedIncrease: number(1, 100),
    tolerance: number(0, 1),
  },
  ['metric', 'from', 'direction', 'critical', 'tolerance'],
);

const GATE = fields({ expiresSeconds: whole(1, 90 * DAY) }, []);

const CHANGES = fields(
  {
    traffic: fields(
      {
        promise: fields(
          { rollbackWithinSeconds: whole(1, HOUR), shedWithinSeconds: whole(0, DAY) },
          [],
        ),
        groups: named(
          LABEL,
          fields(
            {
              steps: listOf(whole(1, 100), 1, 100),
              bakeSeconds: whole(1, 30 * DAY),
              bakeAtMostSeconds: whole(1, 90 * DAY),
            },
            [],
          ),
        ),
      },
      [],
    ),
    analysis: fields(
      {
        intervalSeconds: whole(1, HOUR),
        missingDataSeconds: whole(1, DAY),
        guardrails: listOf(taggedBy('metric', GUARDRAILS), 1, 50),
        compare: listOf(COMPARISON, 0, 50),
      },
      [],
    ),
    soak: fields({ forSeconds: whole(0, 90 * DAY) }, []),
    drain: fields({ quietSeconds: whole(1, 7 * DAY) }, []),
    gates: fields({ shift: GATE, retire: GATE }, []),
  },
  [],
);

export function parsePlanChanges(
  value: unknown,
):
  | { readonly ok: true; readonly changes: PlanChanges }
  | { readonly ok: false; readonly problem: string } {
  if (value === undefined || jsonBytes(value) > MOST_CHANGES_BYTES)
    return { ok: false, problem: `"changes" must be at most ${MOST_CHANGES_BYTES / 1024} KB` };
  if (areChanges(value)) return { ok: true, changes: value };
  const { path, allowed } = CHANGES.mistake(value, '') ?? { path: '', allowed: CHANGES.allowed };
  return { ok: false, problem: `"changes${path}" must be ${allowed}` };
}

function areChanges(value: unknown): value is PlanChanges {
  return CHANGES.mistake(value, '') === null;
}

/** A guardrail over periods of a source. */
function counted(max: Shape): Shape {
  return withAll({ ...COUNTED, max }, { ...CONSECUTIVE, ...WINDOW });
}

/** All of the first fields, and the others where they are there. */
function withAll(
  needed: Readonly<Record<string, Shape>>,
  others: Readonly<Record<string, Shape>> = {},
): Shape {
  return fields({ ...needed, ...others }, Object.keys(needed));
}
