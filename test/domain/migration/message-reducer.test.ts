import * as fc from 'fast-check';
import { applyMessage, requestStop, withDecision } from '#domain/migration/message-reducer.ts';
import { parseMessage, VERBS, type Message, type Verb } from '#domain/migration/messages.ts';
import { OUTCOMES, type MigrationState } from '#domain/migration/migration-state.ts';
import {
  anyRunningState,
  APPROVED_GATES,
  AT,
  gate,
  SPEC,
  LATER,
  message,
  ROLLBACK_STOP,
  stateWith,
} from '#test/domain/states.ts';

const CONTEXT = { at: LATER, spec: SPEC } as const;
const AT_SHIFT = stateWith({ gates: { shift: gate() } });
const AT_RETIRE = stateWith({ gates: { shift: APPROVED_GATES.shift, retire: gate() } });
const HALTED = { at: AT, reason: 'blue is not able' } as const;
const PAUSED = { by: 'eve', reason: 'lunch', at: AT } as const;
const ROLLING_BACK = stateWith({ stop: ROLLBACK_STOP, rollingBackSince: AT });

function apply(state: MigrationState, verb: Verb, sent: Message) {
  return applyMessage(state, verb, sent, CONTEXT);
}

/** The state after these messages, one after the other. */
function after(state: MigrationState, ...sent: readonly (readonly [Verb, Message])[]) {
  return sent.reduce((next, [verb, body]) => apply(next, verb, body).state, state);
}

function expectRefusal(state: MigrationState, verb: Verb, sent: Message, why: string): void {
  const reduced = apply(state, verb, sent);

  expect(reduced.answer).toEqual({ accepted: false, message: expect.stringContaining(why) });
  expect(reduced.state).toBe(state);
}

describe('approving a gate', () => {
  it('opens it when the quorum is reached', () => {
    const { state, answer } = apply(AT_SHIFT, 'approve', message('1', { gate: 'shift' }));

    expect(answer).toEqual({ accepted: true, message: 'gate shift is approved' });
    expect(state.gates.shift).toEqual(
      gate({ status: 'approved', approvals: [{ by: 'ada', at: LATER, id: '1' }] }),
    );
  });

  it('counts, and tells how many are still needed, below the quorum', () => {
    const { state, answer } = apply(AT_RETIRE, 'approve', message('1'));

    expect(answer.message).toBe('recorded: 1 of 2 approvals for gate retire');
    expect(state.gates.retire?.status).toBe('open');
  });

  it('needs as many different people as the quorum says', () => {
    const once = after(AT_RETIRE, ['approve', message('1')]);

    expectRefusal(once, 'approve', message('2'), 'another person is needed');
    expect(after(once, ['approve', message('2', { by: 'bob' })]).gates.retire?.status).toBe(
      'approved',
    );
  });

  it.each(['ADA', 'Ada', ' ada'])(
    'takes "%s" for the person "ada", who approved already (I8)',
    (by) => {
      const once = after(AT_RETIRE, ['approve', message('1')]);

      expectRefusal(once, 'approve', message('2', { by }), 'another person is needed');
    },
  );

  it.each(['robin', 'Robin', 'ROBIN '])(
    'is refused to the requester, writing as "%s", where the plan says so (I8)',
    (by) => {
      expectRefusal(AT_RETIRE, 'approve', message('1', { by }), 'requested the migration');
    },
  );

  it('is open to the requester where the plan says nothing else', () => {
    expect(after(AT_SHIFT, ['approve', message('1', { by: 'robin' })]).gates.shift?.status).toBe(
      'approved',
    );
  });

  it.each([
    ['no gate has opened', stateWith(), message('1'), 'no gate is open'],
    ['that gate has not opened', stateWith(), message('1', { gate: 'shift' }), 'not open yet'],
    ['another gate is open', AT_SHIFT, message('1', { gate: 'retire' }), 'not open yet'],
    ['it is approved', AT_RETIRE, message('1', { gate: 'shift' }), 'approved already'],
    ['a stop is recorded', { ...AT_SHIFT, stop: ROLLBACK_STOP }, message('1'), 'rolling back'],
  ])('is refused when %s', (_, state, sent, why) => {
    expectRefusal(state, 'approve', sent, why);
  });

  it.each(['rejected', 'expired'] as const)('opens a retire gate that was %s', (status) => {
    const state = stateWith({ gates: { retire: gate({ status, expiresAt: null }) } });
    const approved = after(
      state,
      ['approve', message('1')],
      ['approve', message('2', { by: 'bob' })],
    );

    expect(approved.gates.retire?.status).toBe('approved');
  });

  it('starts from none again after a rejection, so that nobody is counted for a changed mind', () => {
    const rejected = after(
      AT_RETIRE,
      ['approve', message('1')],
      ['reject', message('2', { by: 'bob' })],
      ['approve', message('3', { by: 'eve' })],
    );

    expect(rejected.gates.retire).toMatchObject({ status: 'open', approvals: [{ by: 'eve' }] });
  });

  it('records which gate it opened, also when the message did not say', () => {
    expect(after(AT_RETIRE, ['approve', message('1')]).decisions).toEqual([
      { verb: 'approve', by: 'ada', at: LATER, id: '1', reason: '', gate: 'retire' },
    ]);
  });

  it('cannot be replayed at the next gate, however many messages came between (I8)', () => {
    const shifted = after(AT_SHIFT, ['approve', message('mine')]);
    const flooded = flood({ ...shifted, gates: { ...shifted.gates, retire: gate() } }, 520);

    expect(apply(flooded, 'approve', message('mine')).state.gates.retire?.approvals).toEqual([]);
  });
});

describe('rejecting a gate', () => {
  it('ends the run at shift, and records why', () => {
    const { state, answer } = apply(AT_SHIFT, 'reject', message('1', { reason: 'not today' }));

    expect(answer.accepted).toBe(true);
    expect(state.gates.shift?.status).toBe('rejected');
    expect(state.stop).toEqual({
      kind: 'reject',
      by: 'ada',
      reason: 'not today',
      at: LATER,
      force: false,
    });
  });

  it('holds at retire: no stop, no approval left', () => {
    const { state, answer } = apply(AT_RETIRE, 'reject', message('1'));

    expect(answer.accepted).toBe(true);
    expect(state.gates.retire).toMatchObject({ status: 'rejected', approvals: [] });
    expect(state.stop).toBeNull();
  });

  it.each([
    ['no gate is open', stateWith(), 'no gate is open'],
    ['all are approved', stateWith({ gates: APPROVED_GATES }), 'no gate is open'],
    ['the run is rolling back', { ...AT_SHIFT, stop: ROLLBACK_STOP }, 'rolling back'],
    ['blue is being removed', { ...AT_SHIFT, committed: { at: AT } }, 'being removed'],
  ])('is refused when %s', (_, state, why) => {
    expectRefusal(state, 'reject', message('1'), why);
  });
});

describe('pausing and resuming', () => {
  it('pauses with name and reason, and resumes', () => {
    const paused = after(stateWith(), ['pause', message('1', { reason: 'deploy' })]);

    expect(paused.paused).toEqual({ by: 'ada', reason: 'deploy', at: LATER });
    expect(after(paused, ['resume', message('2')]).paused).toBeNull();
  });

  it('ends a halt and a pause with one resume: who resumes wants the run to go on', () => {
    const held = stateWith({ halted: HALTED, paused: PAUSED });

    expect(apply(held, 'resume', message('1'))).toMatchObject({
      state: { halted: null, paused: null },
      answer: { accepted: true, message: expect.stringContaining('halt') },
    });
  });

  it('ends a halt of a rollback, so that ability is asked again, and keeps the stop', () => {
    const state = after({ ...ROLLING_BACK, halted: HALTED }, ['resume', message('1')]);

    expect(state).toMatchObject({ halted: null, stop: ROLLBACK_STOP });
  });

  it('does not let a late copy of a pause undo the resume after it', () => {
    const resumed = after(stateWith(), ['pause', message('1')], ['resume', message('2')]);

    expect(after(resumed, ['pause', message('1')])).toBe(resumed);
  });

  it.each([
    ['pause', 'a rollback', ROLLING_BACK, 'rolling back'],
    ['pause', 'the removal of blue', stateWith({ committed: { at: AT } }), 'being removed'],
    ['resume', 'a run that goes on', stateWith(), 'nothing to resume'],
  ] as const)('refuses to %s %s', (verb, _, state, why) => {
    expectRefusal(state, verb, message('1'), why);
  });
});

describe('asking for a stop', () => {
  it.each(['rollback', 'abort'] as const)('%s is recorded and ends pause and halt (I1)', (verb) => {
    const held = { ...AT_RETIRE, halted: HALTED, paused: PAUSED };
    const { state, answer } = apply(held, verb, message('1', { reason: 'slow', force: true }));

    expect(answer).toEqual({ accepted: true, message: 'all new requests go back to blue' });
    expect(state).toMatchObject({ halted: null, paused: null });
    expect(state.stop).toEqual({ kind: verb, by: 'ada', reason: 'slow', at: LATER, force: true });
  });

  it.each(['rollback', 'abort'] as const)('%s is refused after commit, with the reason', (verb) => {
    const committed = stateWith({ gates: APPROVED_GATES, committed: { at: AT } });

    expectRefusal(committed, verb, message('1'), `committed at ${AT}`);
  });

  it.each(VERBS.flatMap((verb) => OUTCOMES.map((outcome) => [verb, outcome] as const)))(
    '%s is refused in a run that ended as %s',
    (verb, outcome) => {
      expectRefusal(stateWith({ outcome }), verb, message('1'), outcome);
    },
  );

  it('keeps the first request, whose reason is the true one', () => {
    const state = after(
      stateWith(),
      ['rollback', message('1', { reason: 'first' })],
      ['rollback', message('2', { by: 'bob', reason: 'second' })],
    );

    expect(state.stop).toMatchObject({ by: 'ada', reason: 'first' });
    expect(state.decisions.map(({ by }) => by)).toEqual(['ada', 'bob']);
  });

  it('adds force to a rollback that halted, and lifts the halt (I3)', () => {
    const state = after({ ...ROLLING_BACK, halted: HALTED }, [
      'rollback',
      message('2', { force: true, reason: 'blue is fine, I looked' }),
    ]);

    expect(state).toMatchObject({ stop: { kind: 'rollback', force: true }, halted: null });
  });

  it('adds force also under an id that was used for the rollback itself: it is not the same wish', () => {
    const halted = {
      ...after(stateWith(), ['rollback', message('1', { reason: 'slow' })]),
      halted: HALTED,
    };

    expect(
      after(halted, ['rollback', message('1', { force: true, reason: 'slow' })]),
    ).toMatchObject({ stop: { force: true }, halted: null });
  });

  it('does not take force away', () => {
    const forced = stateWith({ stop: { ...ROLLBACK_STOP, force: true } });

    expect(after(forced, ['rollback', message('2')]).stop?.force).toBe(true);
  });

  it('turns a rollback into an abort, never an abort into a rollback', () => {
    const aborted = after(ROLLING_BACK, ['abort', message('2')]);

    expect(aborted.stop?.kind).toBe('abort');
    expect(after(aborted, ['rollback', message('3')]).stop?.kind).toBe('abort');
  });

  it('answers a halted rollback with an abort too: ability is asked again', () => {
    const state = after({ ...ROLLING_BACK, halted: HALTED }, ['abort', message('2')]);

    expect(state).toMatchObject({ halted: null, stop: { kind: 'abort', force: false } });
  });

  it.each(['reject', 'failure', 'blocked'] as const)(
    'does not rename a stop of kind %s by an abort',
    (kind) => {
      const stopped = stateWith({ stop: { ...ROLLBACK_STOP, kind } });

      expect(after(stopped, ['abort', message('2')]).stop?.kind).toBe(kind);
    },
  );

  it('changes nothing when the guard repeats what is recorded', () => {
    expect(requestStop(ROLLING_BACK, { ...ROLLBACK_STOP, by: 'guard' }).state).toBe(ROLLING_BACK);
  });
});

describe('a message id', () => {
  it('is applied once: the copy changes nothing and is told so', () => {
    const once = apply(AT_RETIRE, 'approve', message('1')).state;
    const twice = apply(once, 'approve', message('1'));

    expect(twice.state).toBe(once);
    expect(twice.answer).toMatchObject({
      accepted: true,
      message: expect.stringContaining('new id'),
    });
  });

  it('does not hold back another verb: a rollback with the id of an approval rolls back (I1)', () => {
    const shifted = after(AT_SHIFT, ['approve', message('1')]);

    expect(after(shifted, ['rollback', message('1')]).stop?.kind).toBe('rollback');
  });

  it('is refused to a second person, who would otherwise believe to have approved (I8)', () => {
    const once = after(AT_RETIRE, ['approve', message('1')]);

    expectRefusal(once, 'approve', message('1', { by: 'bob' }), 'choose a new id');
  });

  it('is refused at a second gate, where its sender would believe to have approved', () => {
    const shifted = after(AT_SHIFT, ['approve', message('1')]);
    const atRetire = { ...shifted, gates: { ...shifted.gates, retire: gate() } };

    expectRefusal(atRetire, 'approve', message('1', { gate: 'retire' }), 'choose a new id');
  });

  it('is not used up by a refusal: the same message counts once its gate is open', () => {
    const refused = after(stateWith(), ['approve', message('1')]);

    expect(
      after({ ...refused, gates: { shift: gate() } }, ['approve', message('1')]).gates.shift
        ?.status,
    ).toBe('approved');
  });

  it('is remembered over the 500 messages after it', () => {
    const flooded = flood(after(stateWith(), ['pause', message('first')]), 499);

    expect(after(flooded, ['pause', message('first')])).toBe(flooded);
    expect(flooded.seen).toHaveLength(500);
    expect(flood(flooded, 10).seen).toHaveLength(500);
  });
});

describe('the record of decisions', () => {
  it('keeps a hundred, the newest, with reasons cut to what a screen can show', () => {
    const reason = 'because '.repeat(250);
    const state = Array.from({ length: 120 }, (_, index) => index).reduce(
      (next, index) =>
        withDecision(next, { verb: 'guard', by: 'g', at: AT, id: `${index}`, reason: 'blip' }),
      after(stateWith(), ['pause', message('1', { reason })]),
    );

    expect(state.decisions).toHaveLength(100);
    expect(state.decisions.at(-1)?.id).toBe('119');
    const first = after(stateWith(), ['pause', message('1', { reason })]).decisions[0]?.reason;
    expect(first?.length).toBeLessThanOrEqual(400);
    expect(first?.endsWith('…')).toBe(true);
  });

  it('keeps the newest decision whatever its size', () => {
    const decision = { verb: 'guard', by: 'g', at: AT, id: '1', reason: '\u0000'.repeat(9_999) };

    expect(withDecision(stateWith(), { ...decision, verb: 'guard' }).decisions).toHaveLength(1);
  });
});

describe('any messages in any order', () => {
  it('never throw, and leave a state that JSON carries unchanged', () => {
    fc.assert(
      fc.property(anyRunState, anyMessages, (start, sent) => {
        const state = reduceAll(start, sent);

        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
    );
  });

  it('never record a stop, open a gate or pause after commit', () => {
    fc.assert(
      fc.property(anyRunState, anyMessages, (start, sent) => {
        const committed = { ...start, stop: null, paused: null, committed: { at: AT } };
        const state = reduceAll(committed, sent);

        expect([state.stop, state.paused, state.gates]).toEqual([null, null, start.gates]);
      }),
    );
  });

  it('never take a stop back, nor its reason, nor its force', () => {
    fc.assert(
      fc.property(anyRunState, anyMessages, (start, sent) => {
        let state: MigrationState = { ...start, committed: null, outcome: null };
        for (const one of sent) {
          const next = reduceAll(state, [one]);
          if (state.stop !== null)
            expect(next.stop).toMatchObject({ by: state.stop.by, reason: state.stop.reason });
          if (state.stop?.force === true) expect(next.stop?.force).toBe(true);
          state = next;
        }
      }),
    );
  });

  it('are each applied at most once, whoever sends them again and when', () => {
    fc.assert(
      fc.property(anyRunState, anyMessages, (start, sent) => {
        const state = reduceAll(start, sent);
        const ids = state.decisions
          .filter(({ verb }) => verb !== 'rollback' && verb !== 'abort')
          .map(({ verb, id }) => `${verb} ${id}`);
        const copies = sent.filter(([verb, body]) => wasApplied(state, verb, body));

        expect(new Set(ids).size).toBe(ids.length);
        for (const order of [copies, copies.toReversed()]) {
          const again = reduceAll(state, order);
          expect([again.gates, again.paused, again.seen]).toEqual([
            state.gates,
            state.paused,
            state.seen,
          ]);
        }
      }),
    );
  });

  it('never approve a gate with fewer different people than its quorum, or with the requester (I8)', () => {
    fc.assert(
      fc.property(anyMessages, (sent) => {
        const { retire } = reduceAll(AT_RETIRE, sent).gates;
        const people = new Set(retire?.approvals.map(({ by }) => by.toLowerCase()));

        expect(people.size).toBe(retire?.approvals.length);
        expect(people.has('robin')).toBe(false);
        expect(retire?.status !== 'approved' || people.size >= 2).toBe(true);
      }),
    );
  });

  it('leave the state below 64 KB, whatever their size and number', () => {
    const huge = (index: number): readonly [Verb, unknown] => [
      index % 2 === 0 ? 'pause' : 'resume',
      {
        id: `${index}`.padStart(64, '~'),
        by: '漢'.repeat(42),
        reason: '\u0001漢'.repeat(1_000),
        force: true,
      },
    ];
    const gates = {
      shift: gate({ approvals: manyApprovals(20), status: 'approved' }),
      retire: gate({ approvals: manyApprovals(20) }),
    };
    const groups = Array.from({ length: 146 }, (_, index) => [
      `group-${index}`.padEnd(28, 'x'),
      { bakeSeconds: 2_592_000 },
    ]);
    const changes = { traffic: { groups: Object.fromEntries(groups) } };
    expect(JSON.stringify(changes).length).toBeGreaterThan(7.8 * 1024);
    const flooded = reduceAll(
      stateWith({ gates, amended: { count: 9, changes } }),
      Array.from({ length: 600 }, (_, index) => huge(index)),
    );
    const stopped = reduceAll(flooded, [['rollback', huge(0)[1]]]);

    expect(Buffer.byteLength(JSON.stringify({ ...stopped, paused: flooded.paused }))).toBeLessThan(
      60 * 1024,
    );
    expect(stopped.stop?.kind).toBe('rollback');
  });
});

function manyApprovals(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    by: '漢'.repeat(42),
    at: AT,
    id: `${index}`.padStart(64, '~'),
  }));
}

/** That many messages that are accepted and leave nothing but their ids. */
function flood(state: MigrationState, count: number): MigrationState {
  const sent = Array.from({ length: count }, (_, index): readonly [Verb, Message] => [
    'pause',
    message(`flood-${state.seen.length}-${index}`),
  ]);
  return after(state, ...sent);
}

function reduceAll(
  start: MigrationState,
  sent: readonly (readonly [Verb, unknown])[],
): MigrationState {
  return sent.reduce((state, [verb, body]) => {
    const parsed = parseMessage(body);
    return parsed.ok ? apply(state, verb, parsed.message).state : state;
  }, start);
}

function wasApplied(state: MigrationState, verb: Verb, body: unknown): boolean {
  const parsed = parseMessage(body);
  return (
    parsed.ok &&
    state.decisions.some((decision) => decision.verb === verb && decision.id === parsed.message.id)
  );
}

/** Few ids and people, so that copies and clashes are common; now and then arbitrary JSON. */
const anyMessages = fc.array(
  fc.tuple(
    fc.constantFrom(...VERBS),
    fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record(
          {
            id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
            by: fc.constantFrom('ada', 'Ada', 'bob', 'eve', 'robin', 'Robin'),
            gate: fc.constantFrom('shift', 'retire'),
            reason: fc.string({ unit: 'binary' }),
            force: fc.boolean(),
            changes: fc.constantFrom<unknown>(
              { soak: { forSeconds: 60 } },
              { soak: { forSeconds: 120 } },
              { traffic: { groups: { storefront: { steps: [10, 100] } } } },
              { traffic: { groups: { nowhere: { bakeSeconds: 60 } } } },
              { soak: 'long' },
            ),
            basis: fc.constantFrom(0, 1, 2),
          },
          { requiredKeys: ['id', 'by'] },
        ),
      },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
  ),
  { maxLength: 25 },
);

const anyRunState: fc.Arbitrary<MigrationState> = fc
  .tuple(
    anyRunningState,
    fc.record({
      gates: fc.constantFrom({}, AT_SHIFT.gates, AT_RETIRE.gates, APPROVED_GATES),
      paused: fc.constantFrom(null, PAUSED),
      halted: fc.constantFrom(null, HALTED),
      stop: fc.constantFrom(null, ROLLBACK_STOP),
      committed: fc.constantFrom(null, null, null, { at: AT }),
      outcome: fc.constantFrom(null, null, null, ...OUTCOMES),
    }),
  )
  .map(([state, changes]) => ({ ...state, ...changes }));
