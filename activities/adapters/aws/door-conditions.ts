import type { Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CutoverFailure } from '#domain/failures.ts';

/**
 * The conditions of a smoke door: those of the planned rule, so that it serves what the rule would serve, and a secret
 * header, so that nobody else meets it. Pure. Source of the limit: "Quotas for your Application Load Balancers",
 * condition values per rule.
 */
const MOST_VALUES = 5;

/** Fails `unexpected-shape` when the planned rule leaves no room for one more value. */
export function doorConditions(
  planned: Rule,
  header: { readonly name: string; readonly value: string },
): RuleCondition[] {
  const conditions = (planned.Conditions ?? []).map(writable);
  const values = conditions.reduce((count, condition) => count + valuesOf(condition), 1);
  if (values > MOST_VALUES)
    throw new CutoverFailure(
      'unexpected-shape',
      `the rule has ${values - 1} condition values, and one more for the smoke test's header would exceed the ` +
        `${MOST_VALUES} of an ALB rule; expected are at most ${MOST_VALUES - 1}: split the rule, or plan no smoke test`,
      { resource: planned.RuleArn ?? 'rule' },
    );
  return [
    ...conditions,
    {
      Field: 'http-header',
      HttpHeaderConfig: { HttpHeaderName: header.name, Values: [header.value] },
    },
  ];
}

/** A host name that the planned rule matches, or null where it asks for none. Fails `unexpected-shape` for a regex alone. */
export function hostOf(planned: Rule): string | null {
  const condition = (planned.Conditions ?? []).find(({ Field }) => Field === 'host-header');
  if (condition === undefined) return null;
  const [pattern] = condition.HostHeaderConfig?.Values ?? condition.Values ?? [];
  if (pattern === undefined)
    throw new CutoverFailure(
      'unexpected-shape',
      'the rule names hosts by a regular expression only, of which no host name can be made; expected is a host name ' +
        'or a pattern with * and ?',
      { resource: planned.RuleArn ?? 'rule' },
    );
  return pattern.replaceAll('*', 'smoke').replaceAll('?', 'x');
}

/** ELBv2 answers simple conditions in two ways at once, and takes only one of them back. */
function writable(condition: RuleCondition): RuleCondition {
  const { Values, RegexValues, ...rest } = condition;
  const hasConfig = Object.keys(rest).length > 1;
  return hasConfig ? rest : { ...rest, Values, RegexValues };
}

function valuesOf(condition: RuleCondition): number {
  const lists = [
    condition.Values,
    condition.RegexValues,
    condition.HostHeaderConfig?.Values,
    condition.HostHeaderConfig?.RegexValues,
    condition.PathPatternConfig?.Values,
    condition.PathPatternConfig?.RegexValues,
    condition.HttpHeaderConfig?.Values,
    condition.HttpHeaderConfig?.RegexValues,
    condition.HttpRequestMethodConfig?.Values,
    condition.QueryStringConfig?.Values,
    condition.SourceIpConfig?.Values,
  ];
  return lists.reduce((count, list) => count + (list?.length ?? 0), 0);
}
