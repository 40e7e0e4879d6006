/**
 * The conditions of a rule: checked, and brought into the form in which AWS describes them (`Values` beside
 * `PathPatternConfig` and `HostHeaderConfig`, whichever was given), and the same as routing conditions for the data plane.
 * Regular expressions are not played. Source: docs elasticloadbalancing/latest/APIReference/API_RuleCondition.html,
 * application/rule-condition-types.html, application/load-balancer-limits.html
 */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RuleCondition as RoutingCondition } from '#sandbox/data-plane/routing-table.ts';
import { isIP } from 'node:net';
import { AwsError } from '../core/aws-error.ts';

/** Quota "Condition values per rule". */
const VALUES_PER_RULE = 5;
const LONGEST_VALUE = 128;
/** Fields a rule may have once; the others may come again. */
const ONCE: readonly string[] = ['host-header', 'path-pattern', 'http-request-method', 'source-ip'];

/** @throws AwsError ValidationError saying what is wrong. */
export function checkedConditions(
  conditions: readonly RuleCondition[] | undefined,
): readonly RuleCondition[] {
  if (conditions === undefined || conditions.length === 0) {
    throw invalid('A condition must be specified');
  }
  for (const field of ONCE) {
    if (conditions.filter(({ Field }) => Field === field).length > 1) {
      throw invalid(`A rule can only have one '${field}' condition`);
    }
  }
  const described = conditions.map(describedCondition);
  const values = described.map(routingCondition).flatMap(valuesOf);
  if (values.length > VALUES_PER_RULE) {
    throw invalid(`A rule can only have '${VALUES_PER_RULE}' condition values`);
  }
  const long = values.find((value) => value.length > LONGEST_VALUE);
  if (long !== undefined) throw invalid(`Condition value '${long}' is longer than 128 characters`);
  return described;
}

function describedCondition(condition: RuleCondition): RuleCondition {
  const { Field } = condition;
  if (
    condition.RegexValues !== undefined ||
    condition.HttpHeaderConfig?.RegexValues !== undefined
  ) {
    throw new AwsError('NotImplementedException', 'regular expressions are not emulated', {
      httpStatus: 501,
    });
  }
  switch (Field) {
    case 'host-header': {
      const Values = filled(Field, condition.HostHeaderConfig?.Values ?? condition.Values);
      return { Field, Values, HostHeaderConfig: { Values } };
    }
    case 'path-pattern': {
      const Values = filled(Field, condition.PathPatternConfig?.Values ?? condition.Values);
      return { Field, Values, PathPatternConfig: { Values } };
    }
    case 'http-request-method': {
      const Values = filled(Field, condition.HttpRequestMethodConfig?.Values);
      return { Field, HttpRequestMethodConfig: { Values } };
    }
    case 'source-ip': {
      const Values = filled(Field, condition.SourceIpConfig?.Values);
      const wrong = Values.find(
        (cidr) => isIP(cidr.split('/')[0] ?? '') === 0 || !/\/\d+$/.test(cidr),
      );
      if (wrong !== undefined) throw invalid(`'${wrong}' is not a valid CIDR block`);
      return { Field, SourceIpConfig: { Values } };
    }
    case 'http-header': {
      const { HttpHeaderName } = condition.HttpHeaderConfig ?? {};
      if (HttpHeaderName === undefined || !/^[\w!#$%&'*+.^`|~-]{1,40}$/.test(HttpHeaderName)) {
        throw invalid('An http-header condition needs a header name of 1 to 40 characters');
      }
      const Values = filled(Field, condition.HttpHeaderConfig?.Values);
      return { Field, HttpHeaderConfig: { HttpHeaderName, Values } };
    }
    case 'query-string': {
      const Values = condition.QueryStringConfig?.Values ?? [];
      if (Values.length === 0) throw invalid(`A '${Field}' condition needs values`);
      return { Field, QueryStringConfig: { Values } };
    }
    case undefined:
    default:
      throw invalid(`Condition field '${Field ?? ''}' is not valid`);
  }
}

/** A described condition as the data plane wants it. */
export function routingCondition(condition: RuleCondition): RoutingCondition {
  const { Field, Values = [] } = condition;
  switch (Field) {
    case 'host-header':
    case 'path-pattern':
      return { kind: Field, values: Values };
    case 'http-request-method':
      return { kind: Field, values: condition.HttpRequestMethodConfig?.Values ?? [] };
    case 'source-ip':
      return { kind: Field, cidrs: condition.SourceIpConfig?.Values ?? [] };
    case 'http-header':
      return {
        kind: Field,
        name: condition.HttpHeaderConfig?.HttpHeaderName ?? '',
        values: condition.HttpHeaderConfig?.Values ?? [],
      };
    case 'query-string':
      return {
        kind: Field,
        values: (condition.QueryStringConfig?.Values ?? []).map(({ Key, Value = '' }) =>
          Key === undefined ? { value: Value } : { key: Key, value: Value },
        ),
      };
    case undefined:
    default:
      throw new TypeError(`a condition with field ${Field ?? ''} was let in`);
  }
}

function valuesOf(condition: RoutingCondition): readonly string[] {
  if (condition.kind === 'source-ip') return condition.cidrs;
  if (condition.kind === 'query-string') return condition.values.map(({ value }) => value);
  return condition.values;
}

function filled(field: string, values: string[] | undefined): string[] {
  if (values === undefined || values.length === 0) {
    throw invalid(`A '${field}' condition needs values`);
  }
  return values;
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);
