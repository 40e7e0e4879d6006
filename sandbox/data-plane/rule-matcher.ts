/**
 * Decides which rule of a listener a request meets. Patterns are compiled once per table, because a node asks for every
 * request. Rules of matching are ELBv2's (docs: application/rule-condition-types.html): `*` is any run of characters, `?`
 * exactly one; hosts, header values and query strings ignore case, paths do not; the first rule whose conditions all hold
 * wins. Called by load-balancer-node.ts.
 */
import { BlockList, isIPv6 } from 'node:net';
import { assertNever } from '#domain/assert-never.ts';
import type { ListenerRouting, RoutingRule, RuleCondition } from './routing-table.ts';

/** What conditions can look at. Header names are lower-case, as node gives them. */
export interface RequestFacts {
  readonly method: string;
  /** Path with query, as in the request line. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly sourceAddress: string;
}

type Predicate = (request: RequestFacts) => boolean;

export interface CompiledRule {
  readonly rule: RoutingRule;
  readonly matches: Predicate;
}

/** The pattern as a test of whole strings. */
function wildcardPattern(pattern: string, caseSensitive: boolean): (text: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, caseSensitive ? 's' : 'is');
  return (text) => expression.test(text);
}

export function compileRules(listener: ListenerRouting): readonly CompiledRule[] {
  return listener.rules.map((rule) => {
    const predicates = rule.conditions.map(compileCondition);
    return { rule, matches: (request) => predicates.every((holds) => holds(request)) };
  });
}

function compileCondition(condition: RuleCondition): Predicate {
  switch (condition.kind) {
    case 'host-header': {
      const anyOf = anyPattern(condition.values, false);
      return (request) => anyOf(headerText(request, 'host').replace(/:\d+$/, ''));
    }
    case 'path-pattern': {
      const anyOf = anyPattern(condition.values, true);
      return (request) => anyOf(pathOf(request.url));
    }
    case 'http-header': {
      const anyOf = anyPattern(condition.values, false);
      const name = condition.name.toLowerCase();
      return (request) => request.headers[name] !== undefined && anyOf(headerText(request, name));
    }
    case 'http-request-method':
      return (request) => condition.values.includes(request.method);
    case 'query-string':
      return compileQueryString(condition.values);
    case 'source-ip': {
      const ranges = new BlockList();
      for (const cidr of condition.cidrs) {
        const [network = '', prefix = '32'] = cidr.split('/');
        ranges.addSubnet(network, Number(prefix), isIPv6(network) ? 'ipv6' : 'ipv4');
      }
      return ({ sourceAddress }) =>
        ranges.check(sourceAddress, isIPv6(sourceAddress) ? 'ipv6' : 'ipv4');
    }
    default:
      return assertNever(condition);
  }
}

function compileQueryString(
  values: Extract<RuleCondition, { kind: 'query-string' }>['values'],
): Predicate {
  const wanted = values.map(({ key, value }) => ({
    key: key === undefined ? () => true : wildcardPattern(key, false),
    value: wildcardPattern(value, false),
  }));
  return (request) => {
    const start = request.url.indexOf('?');
    if (start < 0) return false;
    const pairs = [...new URLSearchParams(request.url.slice(start + 1))];
    return wanted.some((want) => pairs.some(([key, value]) => want.key(key) && want.value(value)));
  };
}

function anyPattern(values: readonly string[], caseSensitive: boolean): (text: string) => boolean {
  const tests = values.map((value) => wildcardPattern(value, caseSensitive));
  return (text) => tests.some((matches) => matches(text));
}

export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function headerText(request: RequestFacts, name: string): string {
  const value = request.headers[name];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : value.join(',');
}
