import { allKillPoints, type Job, type KillPoint } from '#chaos/kill-points.ts';
import { toldAgain } from '#chaos/told-again.ts';

const [first, second] = allKillPoints();

function ended(attempt: number, unmet: readonly KillPoint[]): { job: Job; unmet: typeof unmet } {
  if (first === undefined || second === undefined) throw new Error('there are kill points');
  const job = { number: 7, story: first.story, points: [first, second], trouble: null, attempt };
  return { job, unmet };
}

describe('a kill point that a migration went past', () => {
  const unmet = second === undefined ? [] : [second];

  it('is one for another migration of the same story, alone', () => {
    expect(toldAgain(ended(1, unmet), 52)).toEqual({
      again: { ...ended(2, []).job, number: 52, points: unmet },
      wrongs: [],
    });
  });

  it('is wrong when three went past it', () => {
    expect(toldAgain(ended(3, unmet), 54)).toEqual({
      again: null,
      wrongs: [expect.stringMatching(/^nobody died at /u)],
    });
  });

  it('is nothing where all were met', () => {
    expect(toldAgain(ended(1, []), 52)).toEqual({ again: null, wrongs: [] });
  });
});
