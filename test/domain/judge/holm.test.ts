import { holmLevels } from '#domain/judge/holm.ts';

describe('Holm’s levels', () => {
  it('test the smallest p-value hardest and go on only while it holds', () => {
    // 0.04 / 4, 0.04 / 3, 0.04 / 2: the third fails, and with it the fourth, which its own level would let through.
    const levels = holmLevels([0.03, 0.001, 0.0099, 0.035], 0.04);

    expect(levels.map(({ isSignificant }) => isSignificant)).toEqual([false, true, true, false]);
    expect(levels.map(({ alpha }) => alpha)).toEqual([0.02, 0.01, 0.04 / 3, 0.04]);
  });

  it('of one comparison are its own', () => {
    expect(holmLevels([0.01], 0.02)).toEqual([{ alpha: 0.02, isSignificant: true }]);
    expect(holmLevels([], 0.02)).toEqual([]);
  });
});
