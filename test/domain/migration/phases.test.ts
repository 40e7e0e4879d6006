import { GATES, isGateName, PHASE_SENTENCES, PHASES } from '#domain/migration/phases.ts';

describe('the story', () => {
  it('has its phases in this order, in these words', () => {
    expect(PHASES).toEqual([
      'preflight',
      'provision',
      'addons',
      'policies',
      'secrets',
      'workloads',
      'smoke',
      'shift',
      'soak',
      'front-door',
      'drain',
      'retire',
    ]);
  });

  it('has one sentence per phase, each its own and without a full stop', () => {
    const sentences = PHASES.map((name) => PHASE_SENTENCES[name]);

    expect(new Set(sentences).size).toBe(PHASES.length);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*[^.]$/u);
  });

  it('waits for people before the first user meets green and before blue goes', () => {
    expect(GATES).toEqual(['shift', 'retire']);
  });

  it.each([
    ['shift', true],
    ['retire', true],
    ['Shift', false],
    ['', false],
    ['constructor', false],
    ['soak', false],
  ])('knows whether "%s" is a gate: %s', (text, expected) => {
    expect(isGateName(text)).toBe(expected);
  });
});
