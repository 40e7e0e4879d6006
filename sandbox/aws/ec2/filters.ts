/**
 * EC2's `Filters`: all must hold, any value of one filter suffices, `*` and `?` are wildcards.
 * Source: docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
import type { Filter } from '@aws-sdk/client-ec2';
import { AwsError } from '../core/aws-error.ts';

/** Filter name to the resource's value or values, as in `vpc-id` or `tag:Name`. */
export type Attributes = Readonly<Record<string, string | readonly string[]>>;

/** Throws `InvalidParameterValue` for filters that the emulator does not know for this resource. */
export function matchesFilters(
  attributes: Attributes,
  filters: readonly Filter[] | undefined,
): boolean {
  return (filters ?? []).every(({ Name = '', Values = [] }) => {
    const value = attributes[Name];
    if (value === undefined && !Name.startsWith('tag')) {
      throw new AwsError('InvalidParameterValue', `The filter '${Name}' is invalid`, {
        httpStatus: 400,
      });
    }
    const values = value === undefined ? [] : [value].flat();
    return Values.some((pattern) => values.some((one) => wildcard(pattern).test(one)));
  });
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
