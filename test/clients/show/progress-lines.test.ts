import { progressLines } from '#clients/show/progress-lines.ts';
import { OPEN_GATE, phase, viewOf } from './status-view-builder.ts';

const ID = 'migrate/111122223333/eu-west-1/shop-blue';

describe('the log of a migration', () => {
  it('says nothing where nothing changed', () => {
    const view = viewOf({ phases: { preflight: phase('running') } });

    expect(progressLines(view, view)).toEqual([]);
  });

  it('tells a watcher who has just come where it stands, not how it came there', () => {
    const now = viewOf({ phases: { preflight: phase('done'), provision: phase('running') } });

    expect(progressLines(null, now)).toEqual([
      'provision: Creating green: control plane, nodes and access for the engine; no users yet',
    ]);
  });

  it('tells phases, weights, proofs and steps as they happen', () => {
    const step = {
      group: 'storefront',
      percent: 5,
      startedAt: '2026-11-22T10:00:00.000Z',
      bakedSeconds: 0,
      observedPercent: null,
      requests: null,
      doneAt: null,
    };
    const before = viewOf({
      phases: { smoke: phase('running') },
      weights: { web: { intended: 0, readBack: 0, observed: null } },
    });
    const set = viewOf({
      phases: { smoke: phase('done'), shift: phase('running') },
      weights: { web: { intended: 5, readBack: 5, observed: null } },
      steps: [step],
    });
    const proven = { ...set, steps: [{ ...step, observedPercent: 4.91, requests: 1200 }] };
    const done = {
      ...proven,
      steps: proven.steps.map((record) => ({ ...record, doneAt: '2026-11-22T10:01:00.000Z' })),
    };

    expect(progressLines(before, set)).toEqual([
      'smoke: done',
      'shift: Moving users to green step by step, with the guard on',
      'route web: green 5 % (intended 5 %)',
    ]);
    expect(progressLines(set, proven)).toEqual([
      'step storefront 5 %: 4.9 % of 1200 requests reached green',
    ]);
    expect(progressLines(proven, done)).toEqual(['step storefront 5 % done']);
    const asked = { ...set, steps: [{ ...step, observedPercent: 5 }] };
    expect(progressLines(set, asked)).toEqual([
      'step storefront 5 %: people say that users follow',
    ]);
  });

  it('tells what people are asked, with the command, and what they answered', () => {
    const before = viewOf({ phases: { smoke: phase('done') } });
    const waiting = viewOf({ phases: { smoke: phase('done') }, gates: { shift: OPEN_GATE } });

    expect(progressLines(before, waiting)).toEqual([
      'gate shift open: 0 of 1 approvals, until 2026-11-23T10:05:00.000Z',
      `  answer with: cutover approve ${ID} --gate shift`,
      `  answer with: cutover reject ${ID} --gate shift --reason "…"`,
    ]);
  });

  it('tells pauses, halts, stops and the end', () => {
    const at = '2026-11-22T10:01:00.000Z';
    const plain = viewOf();
    const paused = viewOf({ paused: { by: 'grace', reason: 'lunch', at } });
    const halted = viewOf({ halted: { at, reason: 'neither is able' } });
    const stop = { kind: 'rollback', by: 'guard', reason: 'errors', at, force: false } as const;
    const stopped = viewOf({ stop });
    const ended = viewOf({ stop, outcome: 'rolled-back' });

    expect(progressLines(plain, paused)[0]).toBe('paused by grace: lunch');
    expect(progressLines(paused, plain)[0]).toBe('resumed');
    expect(progressLines(plain, halted)).toContain('halted: neither is able');
    expect(progressLines(plain, stopped)).toEqual([
      'rolling back: bringing everything back to blue',
      'rollback by guard: errors',
    ]);
    expect(progressLines(stopped, ended)).toEqual(['ended: rolled-back']);
  });
});
