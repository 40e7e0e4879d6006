/** What the kill matrix counts: each planted wrong is found, and what is right is not one. */
import { duplicateEffects, duplicateObjects } from '#chaos/count-effects.ts';
import { lostDecisions } from '#chaos/count-decisions.ts';
import { userFigures } from '#chaos/count-failures.ts';
import { wrongsOf, type Sight } from '#chaos/legal-end.ts';
import type { AuditEntry } from '#sandbox/aws/core/audit.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';

const ENGINE = 'arn:aws:iam::111122223333:role/cutover-engine';

function call(operation: string, input: object, output: object = {}, service = 'eks'): AuditEntry {
  return {
    sequence: 1,
    at: '2026-11-26T00:00:00.000Z',
    requestId: 'r',
    service,
    operation,
    region: 'eu-west-1',
    accessKeyId: 'k',
    principalArn: ENGINE,
    input,
    result: { kind: 'ok', output },
  };
}

const madeCluster = (createdAt: string): AuditEntry =>
  call('CreateCluster', { name: 'green' }, { cluster: { arn: 'arn:green', createdAt } });
const deletedCluster = call(
  'DeleteCluster',
  { name: 'green' },
  { cluster: { arn: 'arn:green', createdAt: '1' } },
);
const door = (arn: string): AuditEntry =>
  call('CreateRule', {}, { Rules: [{ RuleArn: arn }] }, 'elasticloadbalancing');
const doorClosed = (arn: string): AuditEntry =>
  call('DeleteRule', { RuleArn: arn }, {}, 'elasticloadbalancing');
const object = (operation: string, created?: boolean, namespace = 'shop'): AuditEntry =>
  call(
    operation,
    { cluster: 'green', plural: operation.split(' ')[1], namespace, name: 'web' },
    created === undefined ? {} : { created },
    'kubernetes',
  );

/** Done, and never answered. */
const unanswered = (entry: AuditEntry): AuditEntry =>
  entry.result.kind === 'ok'
    ? {
        ...entry,
        result: { kind: 'lost', fault: 'reset', effect: true, output: entry.result.output },
      }
    : entry;

describe('what was done and never answered', () => {
  it('counts as what it did', () => {
    const twice = [madeCluster('1'), unanswered(madeCluster('2'))];
    expect(duplicateEffects(twice, ENGINE)).toEqual([
      expect.stringContaining('cluster green was made 2 times'),
    ]);
    expect(duplicateEffects([door('a'), unanswered(doorClosed('a'))], ENGINE)).toEqual([]);
    const probe = (operation: string, created?: boolean) =>
      object(operation, created, 'cutover-probes');
    const taken = unanswered(probe('delete jobs'));
    expect(duplicateObjects([probe('apply jobs', true), taken])).toEqual([]);
    expect(duplicateObjects([unanswered(probe('apply jobs', true)), taken])).toEqual([]);
  });
});

describe('effects in the account', () => {
  it('count once where a call found what an earlier one had made', () => {
    expect(duplicateEffects([madeCluster('1'), madeCluster('1')], ENGINE)).toEqual([]);
  });

  it.each([
    [
      'a cluster made twice',
      [madeCluster('1'), madeCluster('2')],
      /cluster green was made 2 times/,
    ],
    ['a cluster deleted twice', [deletedCluster, deletedCluster], /was taken away 2 times/],
    [
      'two doors at once',
      [door('a'), door('b'), doorClosed('a'), doorClosed('b')],
      /2 smoke doors/,
    ],
    ['a door left open', [door('a')], /was never closed/],
    ['an effect that nobody counts', [call('CreateFargateProfile', {})], /counted by nobody/],
  ])('tell of %s', (_, entries, wanted) => {
    expect(duplicateEffects(entries, ENGINE)).toEqual([expect.stringMatching(wanted)]);
  });

  it('may be a door after the other', () => {
    const entries = [door('a'), doorClosed('a'), door('b'), doorClosed('b')];

    expect(duplicateEffects(entries, ENGINE)).toEqual([]);
  });

  it('are those of the engine alone', () => {
    expect(duplicateEffects([madeCluster('1'), madeCluster('2')], 'somebody else')).toEqual([]);
  });
});

describe('effects in clusters', () => {
  it('count once where an object was applied again', () => {
    const entries = [object('apply deployments', true), object('apply deployments', false)];

    expect(duplicateObjects(entries)).toEqual([]);
  });

  it.each([
    ['made', [object('apply deployments', true), object('apply deployments', true)]],
    ['taken away', [object('delete deployments'), object('delete deployments')]],
  ])('tell of an object that was %s twice', (what, entries) => {
    expect(duplicateObjects(entries)).toEqual([
      `deployments shop/web in green was ${what} 2 times`,
    ]);
  });

  it('may be a question to an add-on after the other, but none stays', () => {
    const one = [
      object('apply jobs', true, 'cutover-probes'),
      object('delete jobs', undefined, 'cutover-probes'),
    ];

    expect(duplicateObjects([...one, ...one])).toEqual([]);
    expect(duplicateObjects([...one, ...one.slice(0, 1)])).toEqual([
      'jobs cutover-probes/web in green was made 2 times and taken away 1 times',
    ]);
  });
});

describe('decisions', () => {
  const words = [{ id: 'a', said: 'pause' }];

  it.each([
    ['lost', [], ['"pause" was lost']],
    ['doubled', [{ id: 'a' }, { id: 'a' }], ['"pause" counts 2 times']],
    ['taken once', [{ id: 'guard-1' }, { id: 'a' }], []],
  ])('tell of one that was %s', (_, decisions, wanted) => {
    expect(lostDecisions(words, decisions)).toEqual(wanted);
  });
});

describe("users' requests", () => {
  const request = { sentAtMs: 1_000, latencyMs: 10, path: '/', failure: '' } as const;
  const byGreen = { ...request, status: 503, colour: 'green' };
  const byNobody = { ...request, status: 502, colour: '' };
  const unanswered = { ...request, status: 0, colour: '', failure: 'ECONNRESET' };
  const good = { ...request, status: 200, colour: 'blue' };

  it('that a broken green failed are not ours, all others are', () => {
    expect(userFigures([byGreen, byNobody, unanswered, good], 'green', 500)).toMatchObject({
      requests: 4,
      failedByGreen: 1,
      failed: 2,
      first: expect.stringContaining('502'),
    });
  });

  it('that green failed before anybody broke it are ours', () => {
    expect(userFigures([byGreen], 'green', null)).toMatchObject({ failed: 1, failedByGreen: 0 });
    expect(userFigures([byGreen], 'green', 2_000)).toMatchObject({ failed: 1, failedByGreen: 0 });
  });
});

describe('the end of a world', () => {
  const rule = (arn: string): object => ({
    arn: SHOP_FRONT_DOOR.ruleArn,
    actions: [{ Type: 'forward', TargetGroupArn: arn }],
  });
  const before: Sight = {
    rules: [rule(SHOP_FRONT_DOOR.blueTargetGroupArn)],
    clusters: { 'shop-blue': 'ACTIVE' },
    nodegroupsOfBlue: ['workers'],
    floor: { minReplicas: 3 },
    trust: { catalog: '{}' },
    providers: ['blue'],
    singletons: { blue: ['nightly'], green: [] },
  };
  const completed: Sight = {
    rules: [rule(SHOP_FRONT_DOOR.greenTargetGroupArn)],
    clusters: { 'shop-green': 'ACTIVE' },
    nodegroupsOfBlue: [],
    floor: null,
    trust: { catalog: '{"Sid":"Cutover"}' },
    providers: ['blue', 'green'],
    singletons: { blue: [], green: ['nightly'] },
  };

  it('is good where everything is green, or everything as it was', () => {
    expect(wrongsOf(before, completed, 'completed', 'keep')).toEqual([]);
    expect(wrongsOf(before, before, 'rolled-back', 'delete')).toEqual([]);
  });

  it.each<readonly [string, Partial<Sight>]>([
    ['users left on green', { rules: completed.rules }],
    ['a green that should have gone', { clusters: { ...before.clusters, ...completed.clusters } }],
    ['a node group of blue lost', { nodegroupsOfBlue: [] }],
    ['a floor not given back', { floor: { minReplicas: 8 } }],
    ['a statement of ours left in a role', { trust: completed.trust }],
    ['green’s OIDC provider left', { providers: completed.providers }],
    ['a singleton that runs nowhere', { singletons: { blue: [], green: [] } }],
    ['a singleton on both sides', { singletons: { blue: ['nightly'], green: ['nightly'] } }],
  ])('is wrong after a rollback with %s', (_, part) => {
    expect(wrongsOf(before, { ...before, ...part }, 'rolled-back', 'delete')).toHaveLength(1);
  });

  it.each<readonly [string, Partial<Sight>]>([
    ['blue on the rule', { rules: before.rules }],
    ['no OIDC provider of green', { providers: before.providers }],
    ['blue still there', { clusters: { ...before.clusters, ...completed.clusters } }],
    ['singletons that green does not run', { singletons: { blue: [], green: [] } }],
  ])('is wrong after a completion with %s', (_, part) => {
    expect(wrongsOf(before, { ...completed, ...part }, 'completed', 'keep')).toHaveLength(1);
  });
});
