import pc from 'picocolors';
import { statusFrame } from '#clients/show/status-frame.ts';
import { weightBar } from '#clients/show/weight-bar.ts';
import { OPEN_GATE, phase, viewOf } from './status-view-builder.ts';

const PLAIN = { ...pc, ...pc.createColors(false) };
const NOW = Date.parse('2026-11-22T10:02:00.000Z');

function lines(view: Parameters<typeof statusFrame>[0]): readonly string[] {
  return statusFrame(view, NOW, PLAIN)
    .split('\n')
    .map((line) => line.trim());
}

describe('the picture of a migration', () => {
  it('tells the story in order: what is done, what runs and for how long, what is to come', () => {
    const shown = lines(
      viewOf({ phases: { preflight: phase('done'), provision: phase('running') } }),
    );

    expect(shown).toContain('✔ preflight    1m30s');
    expect(shown.find((line) => line.startsWith('▸'))).toMatch(/^▸ provision +2m +Creating green/u);
    expect(shown).toContain('· addons');
    expect(shown.indexOf('◇ gate shift')).toBe(shown.indexOf('· shift') - 1);
    expect(shown.indexOf('◇ gate retire')).toBe(shown.indexOf('· drain') - 1);
  });

  it('says which gate waits, for whom, and the exact commands that answer', () => {
    const shown = lines(viewOf({ gates: { shift: OPEN_GATE } }));

    expect(shown).toContain('◆ gate shift   0 of 1 approvals, until 2026-11-23T10:05:00.000Z');
    expect(shown).toContain(
      'cutover approve migrate/111122223333/eu-west-1/shop-blue --gate shift',
    );
  });

  it('draws the weights', () => {
    const weights = { web: { intended: 25, readBack: 25, observed: 24.84 } };
    const [row = ''] = lines(viewOf({ weights })).filter((line) => line.startsWith('web'));

    expect(row).toContain(`${'░'.repeat(30)}${'█'.repeat(10)}`);
    expect(row).toContain('green 25 %');
    expect(row).toContain('intended 25 %, observed 24.8 %');
  });

  it('shows a pause, a halt and a stop with who and why', () => {
    const at = '2026-11-22T10:01:00.000Z';
    const paused = lines(viewOf({ paused: { by: 'grace', reason: 'lunch', at } }));
    const halted = lines(viewOf({ halted: { at, reason: 'neither is able' } }));
    const stopped = lines(
      viewOf({ stop: { kind: 'rollback', by: 'guard', reason: 'errors', at, force: false } }),
    );

    expect(paused).toContain('paused by grace: lunch');
    expect(halted).toContain('halted: neither is able');
    expect(stopped).toContain('rollback by guard: errors');
  });

  it('lets no text of others control the terminal', () => {
    const at = '2026-11-22T10:01:00.000Z';
    const evil = '\u001b[2Jgone\r\nfake line\u202e';
    const frame = statusFrame(viewOf({ paused: { by: evil, reason: evil, at } }), NOW, PLAIN);

    expect(frame).not.toContain('\u001b');
    expect(frame).not.toContain('\r');
    expect(frame).not.toContain('\u202e');
    expect(frame.split('\n')).not.toContain('fake line');
  });
});

describe('the weight bar', () => {
  it.each([
    [0, 0],
    [0.5, 1],
    [1, 1],
    [50, 20],
    [99.9, 39],
    [100, 40],
  ])(
    'of %s %% has %s green cells of 40: none is invisible, and only 100 is full',
    (percent, cells) => {
      expect(weightBar(percent, PLAIN)).toBe('░'.repeat(40 - cells) + '█'.repeat(cells));
    },
  );
});
