import { assert, integer, property } from 'fast-check';
import { seededRandom } from '#sandbox/data-plane/seeded-random.ts';
import { chooseTargetGroup } from '#sandbox/data-plane/target-group-choice.ts';
import type { ForwardAction } from '#sandbox/data-plane/routing-table.ts';
import { withinBinomialBounds } from './statistics.ts';

const forward = (blue: number, green: number, stickySeconds?: number): ForwardAction => ({
  kind: 'forward',
  targetGroups: [
    { targetGroupArn: 'blue', weight: blue },
    { targetGroupArn: 'green', weight: green },
  ],
  ...(stickySeconds === undefined ? {} : { stickySeconds }),
});
const fresh = { cookieHeader: undefined, nowMs: 0 };

describe('the choice of a target group', () => {
  it('follows the weights at any ratio', () => {
    assert(
      property(
        integer({ min: 0, max: 999 }),
        integer({ min: 1, max: 999 }),
        integer(),
        (blue, green, seed) => {
          const random = seededRandom(seed, 'choice');
          const trials = 2_000;
          let greens = 0;
          for (let index = 0; index < trials; index += 1) {
            if (chooseTargetGroup(forward(blue, green), fresh, random)?.targetGroupArn === 'green')
              greens += 1;
          }
          return withinBinomialBounds(greens, trials, green / (blue + green));
        },
      ),
      { seed: 7, numRuns: 50 },
    );
  });

  it('never takes a group of weight 0, whatever the random number', () => {
    for (const point of [0, 0.25, 0.5, 0.999_999_999_9]) {
      expect(chooseTargetGroup(forward(0, 1), fresh, () => point)?.targetGroupArn).toBe('green');
      expect(chooseTargetGroup(forward(1, 0), fresh, () => point)?.targetGroupArn).toBe('blue');
    }
  });

  it('finds nobody where every weight is 0', () => {
    expect(chooseTargetGroup(forward(0, 0), fresh, () => 0.5)).toBeUndefined();
  });

  it('keeps a sticky client with its group at weight 0 until the cookie ends', () => {
    const random = seededRandom(1, 'sticky');
    const first = chooseTargetGroup(forward(1, 0, 60), fresh, random);
    const cookieHeader = `theme=dark; ${first?.setCookie?.split(';')[0] ?? ''}`;

    const during = chooseTargetGroup(forward(0, 1, 60), { cookieHeader, nowMs: 59_000 }, random);
    const after = chooseTargetGroup(forward(0, 1, 60), { cookieHeader, nowMs: 60_001 }, random);

    expect(during).toEqual({ targetGroupArn: 'blue' });
    expect(after?.targetGroupArn).toBe('green');
    expect(after?.setCookie).toMatch(/^AWSALBTG=/);
  });

  it('forgets the cookie where the rule no longer names the group, or it makes no sense', () => {
    const random = seededRandom(1, 'sticky');
    const cookie = chooseTargetGroup(forward(1, 0, 60), fresh, random)?.setCookie?.split(';')[0];
    const onlyGreen: ForwardAction = {
      kind: 'forward',
      targetGroups: [{ targetGroupArn: 'green', weight: 1 }],
      stickySeconds: 60,
    };

    for (const cookieHeader of [cookie, 'AWSALBTG=%%%', 'AWSALBTG=']) {
      expect(chooseTargetGroup(onlyGreen, { cookieHeader, nowMs: 1 }, random)?.targetGroupArn).toBe(
        'green',
      );
    }
  });
});
