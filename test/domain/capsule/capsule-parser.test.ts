import * as fc from 'fast-check';
import { capsuleText } from '#domain/capsule/capsule.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { albRoute, capsuleOf } from './capsules.ts';

function problemsOf(text: string): readonly string[] {
  const parsed = parseCapsule(text);
  return parsed.ok ? [] : parsed.problems;
}

/** The capsule's text with one value put in or taken out (undefined), by path. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const raw: unknown = JSON.parse(capsuleText(capsuleOf()));
  const last = path.at(-1) ?? '';
  let target: unknown = raw;
  for (const key of path.slice(0, -1)) target = Reflect.get(Object(target), key);
  Object.defineProperty(Object(target), last, { value, enumerable: value !== undefined });
  return JSON.stringify(raw);
}

describe('a capsule that was written', () => {
  it('is read back as it was', () => {
    const capsule = capsuleOf();

    expect(parseCapsule(capsuleText(capsule))).toEqual({ ok: true, capsule });
  });
});

describe('a capsule that somebody changed', () => {
  it.each([
    [['schema'], 2, 'schema: found the number 2, allowed is 1'],
    [['workflowId'], '../../etc/passwd\n', 'workflowId: found'],
    [['writtenAt'], 'yesterday', 'writtenAt: found "yesterday", allowed is an ISO time in UTC'],
    [['routes'], [], 'routes: found an empty list, allowed is a list of 1 to 1000'],
    [['routes', 0, 'greenPercent'], 101, 'routes[0].greenPercent: found the number 101'],
    [['routes', 0, 'greenPercent'], undefined, 'routes[0].greenPercent: found nothing'],
    [['routes', 0, 'note'], 'hello', 'routes[0].note: found "hello", allowed is no such member'],
    [['routes', 0, 'access', 'account'], '1', 'routes[0].access.account: found "1"'],
    [['routes', 0, 'blueTargetGroupArn'], 'blue', 'routes[0].blueTargetGroupArn: found "blue"'],
    [
      ['routes', 0, 'wayBack', 'calls', 0, 'operation'],
      'DeleteRule',
      'routes[0].wayBack.calls[0].operation: found "DeleteRule", allowed is one of ModifyRule, ModifyListener',
    ],
    [
      ['routes', 0, 'wayBack', 'readBack', 0, 'ask', 'operation'],
      'ModifyRule',
      'routes[0].wayBack.readBack[0].ask.operation: found "ModifyRule", allowed is one of DescribeRules',
    ],
    [
      ['routes', 0, 'wayBack', 'calls', 0, 'service'],
      'eks',
      'routes[0].wayBack.calls[0].service: found "eks"',
    ],
    [['routes', 0, 'wayBack', 'readBack', 0, 'accept'], [{}], 'accept[0]: found a mapping'],
    [['routes', 1, 'wayBack', 'calls', 0, 'namespace'], 'a b', 'calls[0].namespace: found "a b"'],
    [['routes', 1, 'wayBack', 'calls', 0, 'cluster', 'arn'], 'x', 'cluster.arn: found "x"'],
  ])('at %j to %j is refused by path', (path, value, expected) => {
    expect(problemsOf(changed(path, value)).join('\n')).toContain(expected);
  });

  it.each([
    ['', 'the capsule is not JSON'],
    ['[]', '(the whole file): found an empty list'],
    ['{"__proto__": {}}', '__proto__: no capsule has this'],
    [`${'['.repeat(40)}${']'.repeat(40)}`, 'no capsule has this'],
    [' '.repeat(1_100_000), 'longer than 1 MB'],
  ])('into %.20j is refused', (text, expected) => {
    expect(problemsOf(text).join('\n')).toContain(expected);
  });

  it('names at most twenty problems, each on one printable line', () => {
    const routes = Array.from({ length: 50 }, () => ({ ...albRoute(), id: '\u001b[31m\n' }));
    const problems = problemsOf(capsuleText(capsuleOf({ routes })));

    expect(problems).toHaveLength(20);
    for (const problem of problems) expect(problem).toMatch(/^[\x20-\x7e]+$/u);
  });

  it('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('routes', 'access', 'schema'), (value, key) => {
        expect(parseCapsule(JSON.stringify({ ...capsuleOf(), [key]: value })).ok).toBe(
          key === 'schema' && value === 1,
        );
      }),
    );
  });
});
