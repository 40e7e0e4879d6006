import { didYouMean } from '#domain/plan/did-you-mean.ts';
import * as fc from 'fast-check';
import { checkPlan } from '#domain/plan/migration-plan.ts';
import { planWith, problemsOf, rightPlan, smallestPlan, summaryOf } from './plan-builder.ts';

describe('a plan with only what is required', () => {
  const { spec } = rightPlan(smallestPlan());

  it('gets the documented defaults', () => {
    expect(spec.green.provision).toEqual({ with: 'eks' });
    expect(spec.addons).toEqual({ choose: 'default', pinned: {} });
    expect(spec.workloads.availableWithinSeconds).toBe(600);
    expect(spec.singletons).toEqual({ handOverAtPercent: 100, cronJobs: 'all', deployments: [] });
    expect(spec.traffic.promise).toEqual({ rollbackWithinSeconds: 60, shedWithinSeconds: 300 });
    expect(spec.traffic.groups[0]).toMatchObject({ steps: [1, 5, 25, 50, 100], bakeSeconds: 600 });
    expect(spec.smoke).toEqual([{ http: { path: '/healthz', expect: 200, attempts: 3 } }]);
    expect(spec.soak).toEqual({ forSeconds: 86_400, keepBluePercent: 0 });
    expect(spec.drain).toEqual({ quietSeconds: 120 });
    expect(spec.rollback).toEqual({ green: 'keep' });
    expect(spec.notify).toEqual([{ with: 'log' }]);
  });

  it('is watched by the load balancer’s own metrics', () => {
    expect(spec.analysis).toEqual({
      intervalSeconds: 30,
      sources: { alb: { with: 'cloudwatch-alb', periodSeconds: 60, latenessSeconds: 180 } },
      truth: 'alb',
      missingDataSeconds: 120,
      guardrails: [{ metric: 'error-rate', from: 'alb', max: 1, minRequests: 10 }],
      compare: [],
    });
  });

  it('waits for one person before the shift and for two others before blue is removed', () => {
    const approvers = ['sre'];

    expect(spec.gates).toEqual({
      shift: {
        approvers,
        quorum: 1,
        notRequester: false,
        expiresSeconds: 86_400,
        onExpiry: 'reject',
      },
      retire: {
        approvers,
        quorum: 2,
        notRequester: true,
        expiresSeconds: 604_800,
        onExpiry: 'hold',
      },
    });
  });
});

describe('a parsed plan', () => {
  it('is the same after a trip through JSON', () => {
    const plan = rightPlan(
      planWith({ 'spec.access.blue': { account: '444455556666', region: 'us-gov-west-1' } }),
    );

    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('carries thresholds in the unit of their metric', () => {
    const guardrails = [
      { metric: 'error-rate', max: '0.5%', minRequests: 7 },
      { metric: 'latency-p99', max: '500ms' },
      { metric: 'healthy-targets', min: 2 },
    ];

    const { analysis } = rightPlan(planWith({ 'spec.analysis.guardrails': guardrails })).spec;

    expect(analysis.guardrails).toEqual([
      { metric: 'error-rate', from: 'alb', max: 0.5, minRequests: 7 },
      { metric: 'latency-p99', from: 'alb', max: 500, minRequests: 300 },
      { metric: 'healthy-targets', from: 'alb', min: 2, minRequests: 0 },
    ]);
  });

  it('takes the source with the freshest figures for the truth, unless the plan names one', () => {
    const sources = {
      alb: { with: 'cloudwatch-alb' },
      slow: { with: 'cloudwatch', namespace: 'Shop' },
      app: { with: 'cloudwatch', namespace: 'Shop', period: '5s', lateness: '2s' },
    };

    const fresh = rightPlan(planWith({ 'spec.analysis': { sources } }));
    const named = rightPlan(planWith({ 'spec.analysis': { sources, truth: 'alb' } }));

    expect(fresh.spec.analysis.truth).toBe('app');
    expect(named.spec.analysis.truth).toBe('alb');
  });

  it('looks for healthy targets at the load balancer even when the truth is elsewhere', () => {
    const sources = {
      app: { with: 'cloudwatch', namespace: 'Shop', period: '5s' },
      alb: { with: 'cloudwatch-alb' },
    };
    const guardrails = [{ metric: 'healthy-targets', min: 1 }];

    const { analysis } = rightPlan(planWith({ 'spec.analysis': { sources, guardrails } })).spec;

    expect(analysis.guardrails).toEqual([
      { metric: 'healthy-targets', from: 'alb', min: 1, minRequests: 0 },
    ]);
  });
});

describe('a wrong field', () => {
  it.each([
    ['metadata.name', 'Shop EU'],
    ['spec.access.default.account', 111122223333],
    ['spec.access.default.region', 'eu-west'],
    ['spec.access.default.roleArn', 'arn:aws:iam::111122223333:user/me'],
    ['spec.blue.cluster', '-shop'],
    ['spec.green.version', 1.36],
    ['spec.green.version', '1.36.1'],
    ['spec.addons.choose', 'newest'],
    ['spec.workloads.availableWithin', '10'],
    ['spec.workloads.availableWithin', '1500ms'],
    ['spec.singletons.handOverAt', 50.5],
    ['spec.traffic.promise.rollbackWithin', '2h'],
    ['spec.traffic.groups', []],
    ['spec.traffic.groups.0.steps', [0, 100]],
    [
      'spec.traffic.groups.0.routes.0.rule',
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shop/1/2',
    ],
    ['spec.analysis.sources.app', { with: 'cloudwatch', namespace: 'Shop', period: '7s' }],
    ['spec.analysis.guardrails', [{ metric: 'error-rate', max: 1 }]],
    ['spec.analysis.guardrails', []],
    ['spec.gates.shift.quorum', 0],
    ['spec.gates.shift.onExpiry', 'hold'],
    ['spec.soak.keepBlue', '11%'],
    ['spec.rollback.green', true],
  ])('%s: %j is one problem that says what is allowed', (path, value) => {
    const problems = problemsOf(planWith({ [path]: value }));

    expect(problems).toHaveLength(1);
    expect(problems[0]?.path.join('.')).toContain(path);
    expect(problems[0]?.allowed).not.toBe('another value');
  });

  it.each([
    ['spec.workloads', { with: 'argocd', project: 'shop' }],
    ['spec.notify', [{ with: 'sns', topic: 'x' }]],
  ])(
    '%s with a planned provider is refused by name, and nothing else is said about it',
    (path, value) => {
      const problems = problemsOf(planWith({ [path]: value }));

      expect(problems).toHaveLength(1);
      expect(problems[0]?.allowed).toContain('not supported yet by this version');
    },
  );

  it('says of each unknown field which ones there are and which was probably meant', () => {
    const problems = problemsOf(planWith({ 'spec.soak': { fro: '1h', keepBleu: '0%', more: 1 } }));

    expect(problems.map(({ path, about, hint }) => ({ field: path.at(-1), about, hint }))).toEqual([
      { field: 'fro', about: 'key', hint: 'did you mean "for"?' },
      { field: 'keepBleu', about: 'key', hint: 'did you mean "keepBlue"?' },
      { field: 'more', about: 'key', hint: undefined },
    ]);
    expect(problems[0]?.allowed).toBe('one of for, keepBlue');
  });

  it('names what is missing', () => {
    const problems = problemsOf(
      planWith({ 'spec.blue': undefined, 'spec.gates.retire.approvers': undefined }),
    );

    expect(problems).toMatchObject([
      { path: ['spec', 'blue'], about: 'missing', found: 'nothing' },
      { path: ['spec', 'gates', 'retire', 'approvers'], about: 'missing', found: 'nothing' },
    ]);
  });
});

describe('a hostile plan', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('cannot use the key %s anywhere', (key) => {
    const raw: unknown = JSON.parse(
      `{ "spec": { "analysis": { "sources": { "${key}": { "with": "x" } } } } }`,
    );

    const problems = problemsOf(raw).filter(({ path }) => path.includes(key));

    expect(problems).toMatchObject([
      { about: 'key', found: 'a name that JavaScript treats specially' },
    ]);
    expect(({} as Record<string, unknown>)['with']).toBeUndefined();
  });

  it.each([
    'https://user:secret@example.com/hook',
    'file:///etc/passwd',
    'ftp://example.com',
    'javascript:alert(1)',
    'https://example.com/a b',
    'https://example.com\\@evil.example',
    'https://',
  ])('cannot send messages to %s', (url) => {
    expect(problemsOf(planWith({ 'spec.notify': [{ with: 'webhook', url }] }))).toHaveLength(1);
  });

  it('never has the password of a URL repeated', () => {
    const notify = [{ with: 'webhook', url: 'https://user:secret@example.com/hook' }];

    expect(JSON.stringify(problemsOf(planWith({ 'spec.notify': notify })))).not.toContain('secret');
  });

  it.each([
    'healthz',
    '//evil.example/x',
    '/\\evil.example',
    '/a\r\nHost: x',
    '/a b',
    '/ä',
    `/${'a'.repeat(3_000)}`,
  ])('cannot ask green for %j', (path) => {
    expect(problemsOf(planWith({ 'spec.smoke': [{ http: { path } }] }))).toHaveLength(1);
  });

  it('cannot move the cursor of a terminal', () => {
    const [problem] = problemsOf(planWith({ 'metadata.name': '\u001b[2J\u202edrow' }));

    expect(problem?.found).toBe('"\\u001b[2J\\u202edrow"');
  });

  it('cannot do so by a name of its own that was probably meant', () => {
    expect(didYouMean('apps', ['app\u001b[2J'])).toBeUndefined();
    expect(didYouMean('app[2J', ['app\u001b[2J'])).toBe('did you mean "app\\u001b[2J"?');
  });

  it('is not followed into the depth', () => {
    let nested: unknown = 1;
    for (let level = 0; level < 5_000; level++) nested = [nested];

    expect(problemsOf({ spec: nested }).map(({ found }) => found)).toContain('deeper nesting');
  });

  it('is not read beyond 50,000 values', () => {
    const namespaces = Array.from({ length: 60_000 }, (_, index) => `n${index}`);

    expect(summaryOf(planWith({ 'spec.workloads.namespaces': namespaces }))).toEqual([
      ': more than 50000 values',
    ]);
  });

  it('never makes the check throw, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        expect(checkPlan(raw).kind).toBe('invalid');
      }),
    );
  });

  it('never makes the check throw, whatever stands in place of one field', () => {
    const fields = pathsOf(smallestPlan());
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
        const check = checkPlan(planWith({ [field]: value }));

        expect(check.kind === 'valid' || check.problems.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** Dotted paths of every field in the tree. */
function pathsOf(tree: unknown, prefix = ''): string[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [path, ...pathsOf(value, path)];
  });
}
