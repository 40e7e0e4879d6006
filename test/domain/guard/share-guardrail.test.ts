import { shareBreach, type Share } from '#domain/guard/share-guardrail.ts';

const RULE = { maxPercent: 1, minRequests: 10, consecutive: 1, windowPeriods: 24 } as const;
const fine: Share = { bad: 0, all: 100 };
const bad: Share = { bad: 10, all: 100 };
const awful: Share = { bad: 60, all: 100 };

describe('the rule of a share', () => {
  it('by default is broken by the first look that luck cannot explain', () => {
    expect(shareBreach([fine, bad], RULE)).toEqual(bad);
    expect(shareBreach([fine, fine], RULE)).toBeNull();
  });

  it('waits for as many looks in a row as the plan says', () => {
    const rule = { ...RULE, consecutive: 3 };

    expect(shareBreach([fine, bad, bad], rule)).toBeNull();
    expect(shareBreach([fine, bad, bad, bad], rule)).toEqual(bad);
    expect(shareBreach([bad], rule)).toBeNull();
  });

  it('does not wait where half of everything fails', () => {
    const rule = { ...RULE, consecutive: 10 };

    expect(shareBreach([fine, awful], rule)).toEqual(awful);
    expect(shareBreach([{ bad: 6, all: 9 }], rule)).toBeNull();
  });

  it('looks back as far as the plan says', () => {
    const bleed = Array.from({ length: 24 }, (): Share => ({ bad: 3, all: 100 }));

    expect(shareBreach(bleed, RULE)).not.toBeNull();
    expect(shareBreach(bleed, { ...RULE, windowPeriods: 3 })).toBeNull();
  });
});
