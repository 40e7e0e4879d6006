import type { Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';

/** What a rule matches, for people; empty where it takes whatever no other rule does. */
export function ruleInWords({ IsDefault, Conditions = [] }: Rule): string {
  return IsDefault === true ? '' : Conditions.map(inWords).join(' and ');
}

function inWords(condition: RuleCondition): string {
  const { Field = '', HttpHeaderConfig, QueryStringConfig } = condition;
  switch (Field) {
    case 'http-header':
      return `header ${HttpHeaderConfig?.HttpHeaderName ?? '?'} ${oneOf(valuesOf(condition))}`;
    case 'query-string':
      return `query ${oneOf((QueryStringConfig?.Values ?? []).map(({ Key, Value }) => `${Key ?? ''}=${Value ?? ''}`))}`;
    default:
      return `${NAMES[Field] ?? Field} ${oneOf(valuesOf(condition))}`;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  'host-header': 'host',
  'path-pattern': 'path',
  'http-request-method': 'method',
  'source-ip': 'source',
};

/** ELBv2 answers simple conditions in two ways at once; one is enough. */
function valuesOf(condition: RuleCondition): readonly string[] {
  const { Values = [], HostHeaderConfig, PathPatternConfig } = condition;
  const { HttpHeaderConfig, HttpRequestMethodConfig, SourceIpConfig } = condition;
  const config =
    HostHeaderConfig ??
    PathPatternConfig ??
    HttpHeaderConfig ??
    HttpRequestMethodConfig ??
    SourceIpConfig;
  return Values.length > 0 ? Values : (config?.Values ?? []);
}

function oneOf(values: readonly string[]): string {
  return values.length === 0 ? 'of another kind' : values.join(' or ');
}
