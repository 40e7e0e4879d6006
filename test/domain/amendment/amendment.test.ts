import * as fc from 'fast-check';
import { amend, describeProblem, type Amended } from '#domain/amendment/amendment.ts';
import { applyMessage } from '#domain/migration/message-reducer.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import { withChanges, type PlanChanges } from '#domain/amendment/plan-changes.ts';
import { nextStep, trafficPlan, withStep } from '#domain/traffic/traffic-plan.ts';
import { planWith, rightPlan, route } from '#test/domain/plan/plan-builder.ts';
import {
  APPROVED_GATES,
  AT,
  gate,
  LATER,
  resolvedWith,
  ROLLBACK_STOP,
  stateWith,
} from '#test/domain/states.ts';

type Spec = MigrationPlan['spec'];

const SPEC = rightPlan(
  planWith({
    'spec.traffic.groups': [
      { name: 'storefront', steps: [1, 5, 25, 50, 100], bake: '10m', routes: [route(1)] },
      { name: 'office', steps: [50, 100], bake: '10m', routes: [route(2)] },
    ],
    'spec.analysis.compare': [{ metric: 'error-rate' }],
  }),
).spec;

const DONE = { status: 'done', startedAt: AT, endedAt: LATER, facts: {} } as const;

/** That many steps of the plan are done, and the one after them has begun. */
function shifted(done: number, spec: Spec = SPEC): MigrationState {
  const steps = trafficPlan(spec.traffic, 100);
  const finished = steps
    .slice(0, done)
    .reduce((state, step) => withStep(state, step, AT, { doneAt: AT }), stateWith());
  const [current] = steps.slice(done);
  return current === undefined ? finished : withStep(finished, current, AT, {});
}

function groups(name: string, changes: Readonly<Record<string, unknown>>): PlanChanges {
  return { traffic: { groups: { [name]: changes } } };
}

function accepted(amended: Amended): Extract<Amended, { readonly kind: 'amended' }> {
  if (amended.kind === 'refused') throw new Error(amended.problems.map(describeProblem).join('; '));
  return amended;
}

function problems(amended: Amended): readonly string[] {
  return amended.kind === 'refused' ? amended.problems.map(describeProblem) : [];
}

function stepsAfter(state: MigrationState, steps: readonly number[]): readonly number[] {
  const { spec } = accepted(amend(SPEC, state, groups('storefront', { steps })));
  return spec.traffic.groups[0]?.steps ?? [];
}

describe('amending the steps of a group', () => {
  it('replaces what lies ahead and leaves what has begun', () => {
    expect(stepsAfter(shifted(1), [1, 5, 10, 30, 100])).toEqual([1, 5, 10, 30, 100]);
    expect(stepsAfter(shifted(1), [60, 100])).toEqual([1, 5, 60, 100]);
    expect(stepsAfter(stateWith(), [60, 100])).toEqual([60, 100]);
  });

  it('goes on at the first step that is new, and finds every done one done', () => {
    const state = shifted(1);
    const { spec } = accepted(amend(SPEC, state, groups('storefront', { steps: [60, 100] })));
    const begun = nextStep(trafficPlan(spec.traffic, 100), state);
    expect(begun).toMatchObject({ group: 'storefront', percent: 5 });
    if (begun === null) return;

    const after = withStep(state, begun, LATER, { doneAt: LATER });
    expect(nextStep(trafficPlan(spec.traffic, 100), after)).toMatchObject({ percent: 60 });
  });

  it('leaves the records of later groups at their own steps, when steps before them come and go', () => {
    const state = shifted(2);
    const { spec } = accepted(
      amend(SPEC, state, groups('storefront', { steps: [26, 27, 28, 29, 30, 100] })),
    );
    let now = state;
    const walked: string[] = [];
    const steps = trafficPlan(spec.traffic, 100);
    for (let next = nextStep(steps, now); next !== null; next = nextStep(steps, now)) {
      walked.push(`${next.group} ${next.percent}`);
      now = withStep(now, next, LATER, { doneAt: LATER });
    }

    expect(walked).toEqual([
      ...[25, 26, 27, 28, 29, 30, 100].map((percent) => `storefront ${percent}`),
      'office 50',
      'office 100',
    ]);
    expect(now.steps).toHaveLength(11);
  });

  it.each([
    [
      'below what green has',
      [1, 3, 5, 100],
      'found 3 %, where green has 5 %; allowed: steps above 5 %',
    ],
    ['that fall', [50, 40, 100], 'found 40 % after 50 %; allowed: each step above the one before'],
    [
      'that repeat',
      [50, 50, 100],
      'found 50 % after 50 %; allowed: each step above the one before',
    ],
    ['that end early', [50, 90], 'found 90 % as the last step; allowed: 100 %'],
    ['that are none', [], 'found 5 % as the last step; allowed: 100 %'],
  ])('refuses steps %s', (_, steps, why) => {
    expect(problems(amend(SPEC, shifted(1), groups('storefront', { steps })))).toEqual([
      `traffic.groups.storefront.steps: ${why}`,
    ]);
  });

  it('is over once the last step has begun', () => {
    const [problem] = problems(amend(SPEC, shifted(4), groups('storefront', { steps: [1, 100] })));

    expect(problem).toBeUndefined(); // what is said is what is recorded already
    expect(
      problems(amend(SPEC, shifted(4), groups('storefront', { steps: [1, 99, 100] }))),
    ).toEqual([expect.stringContaining('a group that has begun its last step')]);
  });

  it('keeps the step at which singletons change sides', () => {
    const spec = rightPlan(
      planWith({
        'spec.traffic.groups': [{ name: 'storefront', steps: [50, 100], routes: [route(1)] }],
        'spec.singletons.handOverAt': 50,
      }),
    ).spec;

    expect(problems(amend(spec, stateWith(), groups('storefront', { steps: [60, 100] })))).toEqual([
      expect.stringContaining('steps with 50 %, at which singletons change sides'),
    ]);
  });

  it('knows no group but those of the plan', () => {
    expect(problems(amend(SPEC, stateWith(), groups('backoffice', { bakeSeconds: 60 })))).toEqual([
      'traffic.groups.backoffice: found a group that the plan does not have; allowed: one of storefront, office',
    ]);
  });
});

describe('amending waits', () => {
  it.each([
    ['a bake', groups('storefront', { bakeSeconds: 300 }), 'group storefront, bake: 10m → 5m'],
    ['the soak', { soak: { forSeconds: 0 } }, 'soak 1d → 0s'],
    ['the proof of idleness', { drain: { quietSeconds: 600 } }, 'blue must be idle for 2m → 10m'],
    [
      'a gate’s expiry',
      { gates: { retire: { expiresSeconds: 3_600 } } },
      'gate retire expires after 7d → 1h',
    ],
    [
      'the promise',
      { traffic: { promise: { rollbackWithinSeconds: 90 } } },
      'promise: all new requests on blue within 1m → 1m30s',
    ],
    ['the interval', { analysis: { intervalSeconds: 10 } }, 'the guard looks every 30s → 10s'],
  ] as const)('changes %s and says so', (_, changes, sentence) => {
    const { spec, differences } = accepted(amend(SPEC, shifted(1), changes));

    expect(differences.map((one) => one.sentence)).toEqual([sentence]);
    expect(spec).toEqual(withChanges(SPEC, changes));
  });

  it.each([
    [
      'a bake that no source can show a figure in',
      groups('storefront', { bakeSeconds: 239 }),
      'at least 4m: period and lateness of the source alb',
    ],
    [
      'a promise that no source can show',
      { traffic: { promise: { rollbackWithinSeconds: 59 } } },
      'at least 1m, the period of the source alb',
    ],
  ] as const)('refuses %s', (_, changes, allowed) => {
    expect(problems(amend(SPEC, shifted(1), changes))).toEqual([expect.stringContaining(allowed)]);
  });

  it.each([
    [
      'a bake of a group whose bakes are over',
      groups('storefront', { bakeSeconds: 60 }),
      shifted(5),
      'a group whose bakes are over',
    ],
    [
      'a soak that is over',
      { soak: { forSeconds: 0 } },
      stateWith({ phases: { soak: DONE } }),
      'a soak that is over',
    ],
    [
      'a drain that has begun',
      { drain: { quietSeconds: 1 } },
      stateWith({ phases: { drain: { ...DONE, status: 'running', endedAt: null } } }),
      'a drain that has begun',
    ],
    [
      'a gate that has opened',
      { gates: { shift: { expiresSeconds: 60 } } },
      stateWith({ gates: { shift: gate() } }),
      'a gate that has opened',
    ],
    [
      'a bake that no look of the guard fits in',
      groups('storefront', { bakeSeconds: 5 }),
      stateWith(),
      'a bake of 5s with an interval of 30s',
    ],
    [
      'an interval that no bake spans',
      { analysis: { intervalSeconds: 900, missingDataSeconds: 900 } },
      stateWith(),
      'a bake of 10m with an interval of 15m',
    ],
    [
      'missing data that no look of the guard fits in',
      { analysis: { missingDataSeconds: 10 } },
      stateWith(),
      '10s with an interval of 30s',
    ],
    [
      'a bake that sessions outlast',
      groups('storefront', { bakeSeconds: 60 }),
      stateWith({
        resolved: {
          ...resolvedWith([]),
          routes: resolvedWith(['route-1']).routes.map((one) => ({ ...one, stickySeconds: 90 })),
        },
      }),
      'sessions of route route-1 stick for 90 s',
    ],
    [
      'a promise that the rehearsal did not keep',
      { traffic: { promise: { rollbackWithinSeconds: 5 } } },
      stateWith({
        rehearsal: {
          at: AT,
          readBackSeconds: 8,
          lastGreenSeconds: null,
          resolutionSeconds: 5,
          greenRequests: 0,
        },
      }),
      'reading back all routes took 8.0 s',
    ],
  ] as const)('refuses %s', (_, changes, state, why) => {
    expect(problems(amend(SPEC, state, changes))[0]).toContain(why);
  });

  it('may loosen the promise that a rehearsal broke, which is how its halt is answered', () => {
    const rehearsal = {
      at: AT,
      readBackSeconds: 70,
      lastGreenSeconds: null,
      resolutionSeconds: 5,
      greenRequests: 0,
    };
    const wish = { traffic: { promise: { rollbackWithinSeconds: 90 } } };

    expect(problems(amend(SPEC, stateWith({ rehearsal }), wish))).toEqual([]);
  });
});

describe('amending limits', () => {
  const [errorRate] = SPEC.analysis.guardrails;
  if (errorRate?.metric !== 'error-rate') throw new Error('the default plan has a guardrail');
  const looser = { ...errorRate, max: 2 };
  const latency = { metric: 'latency-p99', from: 'alb', max: 500, minRequests: 300 } as const;

  it('says what becomes of each guardrail, in its own unit', () => {
    const guardrails = [looser, latency];
    const { differences } = accepted(amend(SPEC, shifted(1), { analysis: { guardrails } }));

    expect(differences).toEqual([
      {
        path: 'analysis.guardrails[error-rate from alb]',
        from: errorRate,
        to: looser,
        sentence: 'guardrail error-rate from alb: max 1%, minRequests 10 → max 2%, minRequests 10',
      },
      {
        path: 'analysis.guardrails[latency-p99 from alb]',
        from: null,
        to: latency,
        sentence: 'guardrail latency-p99 from alb: none → max 500ms, minRequests 300',
      },
    ]);
  });

  it('may take a comparison away until the soak is over', () => {
    const wish = { analysis: { compare: [] } };
    const { differences } = accepted(amend(SPEC, shifted(1), wish));

    expect(differences.map(({ to }) => to)).toEqual([null]);
    expect(problems(amend(SPEC, stateWith({ phases: { soak: DONE } }), wish))).toEqual([
      expect.stringContaining('a migration past its last comparison'),
    ]);
  });

  it.each([
    ['a source that the plan does not have', [{ ...looser, from: 'app' }], 'no source app'],
    [
      'a source out of the prototype',
      [{ ...looser, from: 'constructor' }],
      'no source constructor',
    ],
    ['one limit twice', [looser, errorRate], 'the same twice'],
  ])('refuses %s', (_, guardrails, why) => {
    expect(problems(amend(SPEC, stateWith(), { analysis: { guardrails } }))).toContainEqual(
      expect.stringContaining(why),
    );
  });
});

describe('an amendment', () => {
  it.each([
    ['is rolling back', { stop: ROLLBACK_STOP }],
    ['committed', { committed: { at: AT } }],
    ['has ended', { outcome: 'completed' }],
  ] as const)('is refused when the migration %s', (why, changes) => {
    const [only, ...others] = problems(
      amend(SPEC, stateWith(changes), { soak: { forSeconds: 60 } }),
    );

    expect(only).toContain(why);
    expect(others).toEqual([]);
  });

  it('names everything that stands against it at once', () => {
    const state = { ...shifted(1), gates: { shift: gate() } };
    const wish = {
      ...groups('storefront', { steps: [2, 100] }),
      gates: { shift: { expiresSeconds: 60 } },
    };

    expect(problems(amend(SPEC, state, wish))).toHaveLength(2);
  });

  it('lies over the amendments before it', () => {
    const first = accepted(amend(SPEC, shifted(1), { soak: { forSeconds: 60 } }));
    const state = { ...shifted(1), amended: { count: 1, changes: first.changes } };
    const second = accepted(amend(first.spec, state, groups('office', { bakeSeconds: 900 })));

    expect(withChanges(SPEC, second.changes)).toEqual(second.spec);
    expect(second.spec.soak.forSeconds).toBe(60);
  });

  it('is refused where all of them together would not fit into the state', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({
      name: `group-${index}`.padEnd(60, 'x'),
      routes: [route(index + 1)],
    }));
    const { spec } = rightPlan(planWith({ 'spec.traffic.groups': many }));
    const steps = Array.from({ length: 100 }, (_, index) => index + 1);
    const all = Object.fromEntries(many.map(({ name }) => [name, { steps }]));

    expect(problems(amend(spec, stateWith(), { traffic: { groups: all } }))).toEqual([
      expect.stringContaining('allowed: at most 8 KB'),
    ]);
  });

  it('of anything at any time leaves a plan whose steps rise from what green has to 100 %', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 7 }),
        fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 6 }),
        fc.constantFrom('storefront', 'office'),
        (done, steps, name) => {
          const state = shifted(done);
          const amended = amend(SPEC, state, groups(name, { steps }));
          if (amended.kind === 'refused') return;
          for (const group of amended.spec.traffic.groups) {
            const begun = state.steps
              .filter((record) => record.group === group.name)
              .map(({ percent }) => percent);
            expect(group.steps.slice(0, begun.length)).toEqual(begun);
            expect([...new Set(group.steps)].toSorted((a, b) => a - b)).toEqual(group.steps);
            expect(group.steps.at(-1)).toBe(100);
          }
        },
      ),
    );
  });
});

describe('the message of an amendment', () => {
  const sent = {
    id: '1',
    by: 'ada',
    reason: 'the week is short',
    changes: { soak: { forSeconds: 3_600 } },
  } as const;
  const apply = (state: MigrationState, message: Parameters<typeof applyMessage>[2]) =>
    applyMessage(state, 'amend', message, { at: LATER, spec: SPEC });

  it('is kept as a decision with who, why and what', () => {
    const { state, answer } = apply(stateWith(), sent);

    expect(answer).toEqual({ accepted: true, message: 'amended: soak 1d → 1h' });
    expect(state.amended).toEqual({ count: 1, changes: expect.objectContaining(sent.changes) });
    expect(state.decisions).toEqual([
      {
        verb: 'amend',
        by: 'ada',
        at: LATER,
        id: '1',
        reason: 'the week is short',
        diff: ['soak 1d → 1h'],
      },
    ]);
  });

  it('is applied once', () => {
    const once = apply(stateWith(), sent).state;

    expect(apply(once, sent)).toMatchObject({ state: once, answer: { accepted: true } });
  });

  it.each([
    ['without changes', { id: '1', by: 'ada', reason: 'why' }, '"changes"'],
    ['without a reason', { ...sent, reason: ' ' }, '"reason"'],
    ['about another plan than there is', { ...sent, basis: 3 }, 'amended meanwhile'],
    ['that changes nothing', { ...sent, changes: { soak: {} } }, 'nothing to amend'],
    ['against the rules', { ...sent, changes: groups('x', {}) }, 'traffic.groups.x: found a group'],
  ])('is refused %s', (_, message, why) => {
    const start = stateWith();

    expect(apply(start, message)).toEqual({
      state: start,
      answer: { accepted: false, message: expect.stringContaining(why) },
    });
  });

  it('makes approvals given for the plan before count no more (I8)', () => {
    const approvals = [{ by: 'bob', at: AT, id: 'yes' }];
    const state = stateWith({
      gates: { shift: APPROVED_GATES.shift, retire: gate({ approvals }) },
    });
    const amended = apply(state, sent);

    expect(amended.state.gates).toEqual({ shift: APPROVED_GATES.shift, retire: gate() });
    expect(amended.answer.message).toContain('approvals of gate retire');
  });

  it('never takes more than a few lines of the record', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      name: `g-${index}`,
      routes: [route(index + 1)],
    }));
    const { spec } = rightPlan(planWith({ 'spec.traffic.groups': many }));
    const all = Object.fromEntries(many.map(({ name }) => [name, { bakeSeconds: 300 }]));
    const { state } = applyMessage(
      stateWith(),
      'amend',
      { ...sent, changes: { traffic: { groups: all } } },
      { at: LATER, spec },
    );

    expect(state.decisions[0]?.diff).toHaveLength(13);
    expect(state.decisions[0]?.diff?.at(-1)).toBe('and 28 more');
  });
});
