import { assertNever } from '#domain/assert-never.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import type { Colour, Series } from './metric-series.ts';

/**
 * Puts values of many series together into points per colour. Pure; called by the CloudWatch adapter.
 *
 * Counts add up over series. Percentiles of several target groups cannot be added: the worst counts. A period without
 * requests has no point; one with requests and no errors series had none, because CloudWatch keeps no series of zeros.
 */
export interface Values {
  readonly series: Series;
  /** By start of the period, epoch seconds. */
  readonly byStart: ReadonlyMap<number, number>;
}

/** Points of one colour, oldest first. */
export function colourPoints(all: readonly Values[], colour: Colour): readonly ColourPoint[] {
  const points = new Map<number, ColourPoint>();
  for (const { series, byStart } of all) {
    if (series.colour !== colour) continue;
    for (const [startSeconds, value] of byStart) {
      const point = points.get(startSeconds) ?? { ...EMPTY, startSeconds };
      points.set(startSeconds, withValue(point, series, value));
    }
  }
  return [...points.values()]
    .filter(({ requests }) => requests > 0)
    .toSorted((a, b) => a.startSeconds - b.startSeconds);
}

const EMPTY = { requests: 0, errors: 0, p50Ms: null, p90Ms: null, p99Ms: null };

function withValue(point: ColourPoint, { measure, factor }: Series, value: number): ColourPoint {
  const scaled = value * factor;
  switch (measure) {
    case 'requests':
    case 'errors':
      return { ...point, [measure]: point[measure] + scaled };
    case 'connectionErrors':
      return {
        ...point,
        errors: point.errors + scaled,
        connectionErrors: (point.connectionErrors ?? 0) + scaled,
      };
    case 'p50Ms':
    case 'p90Ms':
    case 'p99Ms':
      return { ...point, [measure]: Math.max(point[measure] ?? 0, scaled) };
    default:
      return assertNever(measure);
  }
}
