/** The statistics that can be asked for: `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` and percentiles such as `p99` or `p99.9`. */
import { AwsError } from '../core/aws-error.ts';
import { percentile, type Distribution } from './distribution.ts';

/** Undefined where the data does not tell. */
export type Statistic = (distribution: Distribution) => number | undefined;

/** @throws AwsError ValidationException for a statistic that is unknown or not played. */
export function statisticNamed(name: string): Statistic {
  switch (name) {
    case 'Sum':
      return ({ sum }) => sum;
    case 'SampleCount':
      return ({ count }) => count;
    case 'Average':
      return ({ sum, count }) => sum / count;
    case 'Minimum':
      return ({ min }) => min;
    case 'Maximum':
      return ({ max }) => max;
    default: {
      const percent = Number(/^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1] ?? Number.NaN);
      if (Number.isNaN(percent)) {
        throw new AwsError(
          'ValidationError',
          `The statistic '${name}' is not valid or not emulated`,
        );
      }
      return (distribution) => percentile(distribution, percent / 100);
    }
  }
}
