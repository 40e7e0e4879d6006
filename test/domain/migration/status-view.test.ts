import * as fc from 'fast-check';
import { applyMessage } from '#domain/migration/message-reducer.ts';
import { parseMessage, VERBS, type Verb } from '#domain/migration/messages.ts';
import {
  OUTCOMES,
  type MigrationState,
  type PhaseRecord,
} from '#domain/migration/migration-state.ts';
import { PHASE_SENTENCES, PHASES } from '#domain/migration/phases.ts';
import { activityOf, describeStatus, statusView } from '#domain/migration/status-view.ts';
import { planWith, rightPlan } from '#test/domain/plan/plan-builder.ts';
import {
  anyRunningState,
  APPROVED_GATES,
  AT,
  gate,
  LATER,
  ROLLBACK_STOP,
  stateWith,
} from '#test/domain/states.ts';

const { spec } = rightPlan(planWith({}));
const HALTED = { at: AT, reason: 'blue is not able: 1 healthy target' } as const;
const PAUSED = { by: 'eve', reason: 'lunch', at: AT } as const;
const RUNNING: PhaseRecord = { status: 'running', startedAt: AT, endedAt: null, facts: {} };
const DONE: PhaseRecord = { status: 'done', startedAt: AT, endedAt: LATER, facts: { nodes: 2 } };
const COUNTED = { countedSeconds: 60, untilMs: 1_000, owedSeconds: 0 } as const;
const AT_SHIFT = { gates: { shift: gate() } } as const;
const AT_RETIRE = { gates: { shift: APPROVED_GATES.shift, retire: gate() } } as const;
const WORKFLOW = stateWith().workflowId;

function view(changes: Partial<MigrationState> = {}) {
  return statusView(stateWith(changes), spec);
}

describe('what a run is doing', () => {
  it.each<[string, Partial<MigrationState>, string]>([
    ['nothing yet, so preflight comes', {}, 'preflight'],
    ['a phase', { phases: { preflight: DONE, provision: RUNNING } }, 'provision'],
    ['what comes after a phase', { phases: { preflight: DONE } }, 'provision'],
    ['waiting at shift', AT_SHIFT, 'gate:shift'],
    ['waiting at retire', AT_RETIRE, 'gate:retire'],
    [
      'still waiting at retire after a rejection',
      { gates: { retire: gate({ status: 'rejected' }) } },
      'gate:retire',
    ],
    ['rolling back once a stop is recorded', { ...AT_SHIFT, stop: ROLLBACK_STOP }, 'rolling-back'],
    ['rolling back after a failure', { rollingBackSince: AT }, 'rolling-back'],
    ['halted, also at a gate', { ...AT_RETIRE, halted: HALTED }, 'halted'],
    ['halted while rolling back', { stop: ROLLBACK_STOP, halted: HALTED }, 'halted'],
    ['ended, whatever else was', { stop: ROLLBACK_STOP, outcome: 'rolled-back' }, 'ended'],
    [
      'retiring at the very end',
      { phases: Object.fromEntries(PHASES.map((name) => [name, DONE])) },
      'retire',
    ],
  ])('is %s', (_, changes, activity) => {
    expect(activityOf(stateWith(changes))).toBe(activity);
  });
});

describe('the commands of a status', () => {
  it.each<[string, Partial<MigrationState>, readonly string[]]>([
    ['are none while it works', { phases: { preflight: RUNNING } }, []],
    [
      'answer the shift gate',
      AT_SHIFT,
      ['approve ID --gate shift', 'reject ID --gate shift --reason "…"'],
    ],
    [
      'answer the retire gate, where people may also go back',
      AT_RETIRE,
      [
        'approve ID --gate retire',
        'reject ID --gate retire --reason "…"',
        'rollback ID --reason "…"',
      ],
    ],
    ['resume a pause', { paused: PAUSED }, ['resume ID']],
    ['are none while a bake is counted', { unheard: COUNTED }, []],
    [
      'go back, where the guard is waited for',
      { unheard: { ...COUNTED, timesAwaited: 1 } },
      ['rollback ID --reason "…"'],
    ],
    [
      'resume a pause first, also where the guard is waited for',
      { unheard: { ...COUNTED, timesAwaited: 1 }, paused: PAUSED },
      ['resume ID'],
    ],
    [
      'resume a pause at a gate too, or the gate’s approval would move nothing',
      { ...AT_SHIFT, paused: PAUSED },
      ['approve ID --gate shift', 'reject ID --gate shift --reason "…"', 'resume ID'],
    ],
    [
      'answer a halt, before anything else',
      { ...AT_RETIRE, halted: HALTED, paused: PAUSED },
      ['resume ID', 'rollback ID --force --reason "…"', 'abort ID'],
    ],
    [
      'answer a halted rollback',
      { stop: ROLLBACK_STOP, halted: HALTED },
      ['resume ID', 'rollback ID --force --reason "…"', 'abort ID'],
    ],
    ['are none while it rolls back', { ...AT_SHIFT, stop: ROLLBACK_STOP }, []],
    ['are none after commit', { gates: APPROVED_GATES, committed: { at: AT } }, []],
    ['are none at the end', { ...AT_SHIFT, halted: HALTED, outcome: 'aborted' }, []],
  ])('%s', (_, changes, commands) => {
    const shown = view(changes);

    expect(shown.commands).toEqual(
      commands.map((command) => `cutover ${command.replace('ID', WORKFLOW)}`),
    );
    expect(shown.waitingFor === '').toBe(commands.length === 0);
  });

  it('are each accepted by the run that shows them, when a person new to it sends them', () => {
    fc.assert(
      fc.property(anyShownState, (state) => {
        for (const command of statusView(state, spec).commands) {
          const { verb, body } = asMessage(command);
          const parsed = parseMessage(body);
          const answer =
            parsed.ok && verb !== undefined
              ? applyMessage(state, verb, parsed.message, { at: LATER, spec }).answer
              : { accepted: false, message: 'not understood' };

          expect([command, answer.message, answer.accepted]).toEqual([
            command,
            answer.message,
            true,
          ]);
        }
      }),
    );
  });
});

describe('the status of a run', () => {
  it('shows the open gate with who approved and how many are needed', () => {
    const approvals = [{ by: 'ada', at: AT, id: '1' }];

    expect(view({ gates: { retire: gate({ approvals }) } }).gate).toEqual({
      name: 'retire',
      approvals: ['ada'],
      quorum: spec.gates.retire.quorum,
      expiresAt: LATER,
      status: 'open',
    });
    expect(view({ gates: APPROVED_GATES }).gate).toBeNull();
    expect(view({ ...AT_SHIFT, stop: ROLLBACK_STOP }).gate).toBeNull();
  });

  it('lists phases in the order of the story, each with its facts', () => {
    const phases = { provision: RUNNING, preflight: DONE };

    expect(view({ phases }).phases).toEqual([
      { name: 'preflight', ...DONE },
      { name: 'provision', ...RUNNING },
    ]);
  });

  it('shows routes, stop, halt, pause, commit and malformed signals as they are in the state', () => {
    const weights = { web: { intended: 5, readBack: 5, observed: 4.9 } };

    expect(
      view({
        weights,
        stop: ROLLBACK_STOP,
        halted: HALTED,
        paused: PAUSED,
        committed: { at: AT },
        malformed: { count: 3, last: 'no' },
      }),
    ).toMatchObject({
      greenWeightPercent: 5,
      routes: [{ id: 'web', intended: 5, readBack: 5, observed: 4.9 }],
      stop: { kind: 'rollback', by: 'ada', reason: 'slow' },
      halted: HALTED.reason,
      paused: { by: 'eve', reason: 'lunch' },
      committedAt: AT,
      malformedSignals: 3,
    });
  });

  it('is plain JSON for every state', () => {
    fc.assert(
      fc.property(anyShownState, (state) => {
        const shown = statusView(state, spec);

        expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
      }),
    );
  });
});

describe('the details in the Temporal UI', () => {
  it('say what a phase does, in its own sentence', () => {
    for (const name of PHASES)
      expect(describeStatus(view({ phases: { [name]: RUNNING } }))).toContain(
        PHASE_SENTENCES[name],
      );
  });

  it.each<[string, Partial<MigrationState>, string]>([
    ['how many approvals a gate has', AT_RETIRE, '0 of 2 approvals'],
    [
      'that a halt waits for people, also at a gate',
      { ...AT_RETIRE, halted: HALTED },
      'people decide',
    ],
    ['that all comes back to blue', { stop: ROLLBACK_STOP }, 'everything back to blue'],
    ['how it ended', { outcome: 'rejected' }, 'rejected'],
    ['who paused and why', { paused: PAUSED }, 'Paused by eve: lunch'],
    ['why it halted', { halted: HALTED }, HALTED.reason],
    [
      'that the guard is waited for',
      { unheard: { ...COUNTED, timesAwaited: 1 } },
      'Waiting for the guard, which no worker was found to have at work; without it nothing goes on.',
    ],
    [
      'what has to be baked once more',
      { unheard: { ...COUNTED, owedSeconds: 41.6, timesAwaited: 1 } },
      'Waiting for 42 s more at these weights, because nobody watched for so long.',
    ],
    ['who stopped it and why', { stop: ROLLBACK_STOP }, 'Stop (rollback) by ada: slow'],
    ['the command that answers', AT_SHIFT, `cutover approve ${WORKFLOW} --gate shift`],
    [
      'a route’s three weights',
      { weights: { web: { intended: 5, readBack: null, observed: 4.94 } } },
      'route `web`: intended 5 %, read back – %, observed 4.9 %',
    ],
  ])('tell %s', (_, changes, text) => {
    expect(describeStatus(view(changes))).toContain(text);
  });

  it('do not speak of approvals where a halt at a gate needs another decision', () => {
    expect(describeStatus(view({ ...AT_RETIRE, halted: HALTED }))).not.toContain('approvals');
  });

  it('can be written for every state', () => {
    fc.assert(
      fc.property(anyShownState, (state) => {
        const text = describeStatus(statusView(state, spec));

        expect(text).toContain(`**${activityOf(state)}**`);
        expect(text).not.toMatch(/undefined|NaN|\[object/u);
      }),
    );
  });
});

/** `cutover VERB ID [--gate NAME] [--force] [--reason "…"]` as the message that the command line sends. */
function asMessage(command: string): { readonly verb: Verb | undefined; readonly body: unknown } {
  const verb = VERBS.find((known) => command.startsWith(`cutover ${known} `));
  const gateName = /--gate (\S+)/u.exec(command)?.[1];
  return {
    verb,
    body: {
      id: `command-${command.length}`,
      by: 'zoe',
      ...(gateName === undefined ? {} : { gate: gateName }),
      ...(command.includes('--force') ? { force: true } : {}),
      ...(command.includes('--reason') ? { reason: '…' } : {}),
    },
  };
}

const anyShownState: fc.Arbitrary<MigrationState> = fc
  .tuple(
    anyRunningState,
    fc.record({
      gates: fc.constantFrom(
        {},
        AT_SHIFT.gates,
        AT_RETIRE.gates,
        APPROVED_GATES,
        { retire: gate({ status: 'rejected' }) },
        { retire: gate({ status: 'expired', expiresAt: null }) },
      ),
      paused: fc.constantFrom(null, PAUSED),
      halted: fc.constantFrom(null, HALTED),
      stop: fc.constantFrom(null, ROLLBACK_STOP),
      committed: fc.constantFrom(null, null, { at: AT }),
      outcome: fc.constantFrom(null, null, null, ...OUTCOMES),
      rollingBackSince: fc.constantFrom(null, AT),
    }),
  )
  .map(([state, changes]) => ({ ...state, ...changes }));
