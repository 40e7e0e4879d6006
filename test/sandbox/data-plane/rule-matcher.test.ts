import { compileRules, type RequestFacts } from '#sandbox/data-plane/rule-matcher.ts';
import type { RuleCondition } from '#sandbox/data-plane/routing-table.ts';

const request = (change: Partial<RequestFacts> = {}): RequestFacts => ({
  method: 'GET',
  url: '/catalog/7?colour=Red&size=m',
  headers: { host: 'Shop.example.com:8080', 'x-smoke': 'SECRET' },
  sourceAddress: '127.0.0.1',
  ...change,
});

function matches(conditions: readonly RuleCondition[], facts: RequestFacts): boolean {
  const action = {
    kind: 'fixed-response',
    statusCode: 200,
    contentType: 'text/plain',
    body: '',
  } as const;
  const [compiled] = compileRules({
    listenerArn: 'l',
    rules: [{ ruleArn: 'r', conditions, action }],
  });
  return compiled?.matches(facts) ?? false;
}

describe('a rule', () => {
  it.each<[string, RuleCondition, boolean]>([
    ['a path by prefix', { kind: 'path-pattern', values: ['/catalog/*'] }, true],
    ['a path with its case', { kind: 'path-pattern', values: ['/Catalog/*'] }, false],
    ['exactly one character by ?', { kind: 'path-pattern', values: ['/catalog/?'] }, true],
    ['not two characters by ?', { kind: 'path-pattern', values: ['/catalog??/7x'] }, false],
    ['a dot as a dot', { kind: 'host-header', values: ['shopxexample.com'] }, false],
    ['a host without case and port', { kind: 'host-header', values: ['*.EXAMPLE.com'] }, true],
    [
      'a header value without case',
      { kind: 'http-header', name: 'X-Smoke', values: ['secret'] },
      true,
    ],
    ['no absent header', { kind: 'http-header', name: 'X-Other', values: ['*'] }, false],
    ['a method', { kind: 'http-request-method', values: ['POST', 'GET'] }, true],
    ['another method', { kind: 'http-request-method', values: ['POST'] }, false],
    [
      'a query pair without case',
      { kind: 'query-string', values: [{ key: 'Colour', value: 'r*' }] },
      true,
    ],
    ['a query value of any key', { kind: 'query-string', values: [{ value: 'm' }] }, true],
    [
      'no other query value',
      { kind: 'query-string', values: [{ key: 'size', value: 'l' }] },
      false,
    ],
    ['a source range', { kind: 'source-ip', cidrs: ['10.0.0.0/8', '127.0.0.0/8'] }, true],
    ['no other source range', { kind: 'source-ip', cidrs: ['10.0.0.0/8'] }, false],
  ])('matches %s', (_sentence, condition, expected) => {
    expect(matches([condition], request())).toBe(expected);
  });

  it('needs all of its conditions', () => {
    const path: RuleCondition = { kind: 'path-pattern', values: ['/*'] };
    const header: RuleCondition = { kind: 'http-header', name: 'x-smoke', values: ['secret'] };

    expect(matches([path, header], request())).toBe(true);
    expect(matches([path, header], request({ headers: { host: 'shop' } }))).toBe(false);
  });

  it('without conditions takes everything', () => {
    expect(matches([], request())).toBe(true);
  });
});
