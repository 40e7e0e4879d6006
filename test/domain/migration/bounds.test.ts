import * as fc from 'fast-check';
import { clip, jsonBytes, newestThatFit } from '#domain/migration/bounds.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

describe('bytes of JSON', () => {
  it('are those that UTF-8 takes, escapes included', () => {
    const anyValue = fc.oneof(anyText, fc.jsonValue());
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
      }),
    );
  });
});

describe('clipping a text', () => {
  it.each([
    ['short', 5, 'short'],
    ['shorter', 5, 'sh…'],
    ['a"b"c', 5, 'a…'],
    ['漢字漢字', 9, '漢字…'],
    ['👩‍🚀', 7, '👩…'],
    ['', 3, ''],
  ])('of "%s" to %d bytes gives "%s"', (text, maxBytes, clipped) => {
    expect(clip(text, maxBytes)).toBe(clipped);
  });

  it('never takes more than it may, and leaves what fits as it is', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 3, max: 120 }), (text, maxBytes) => {
        const clipped = clip(text, maxBytes);
        const whole = text.toWellFormed();

        expect(jsonBytes(clipped) - 2).toBeLessThanOrEqual(maxBytes);
        expect(clipped.isWellFormed()).toBe(true);
        expect(clipped === whole || whole.startsWith(clipped.slice(0, -1))).toBe(true);
        if (jsonBytes(whole) - 2 <= maxBytes) expect(clipped).toBe(whole);
      }),
    );
  });
});

describe('the newest that fit', () => {
  it.each([
    [['a', 'b', 'c'], { count: 2, bytes: 100 }, ['b', 'c']],
    [['a', 'b', 'c'], { count: 9, bytes: 8 }, ['b', 'c']],
    [['a', 'long, and so in the way', 'c'], { count: 9, bytes: 8 }, ['c']],
    [[], { count: 9, bytes: 8 }, []],
  ])('of %j within %j are %j', (items, most, kept) => {
    expect(newestThatFit(items, most)).toEqual(kept);
  });

  it('are always the tail, as long as both bounds allow', () => {
    fc.assert(
      fc.property(fc.array(anyText), fc.nat(20), fc.nat(500), (items, count, bytes) => {
        const kept = newestThatFit(items, { count, bytes });
        const oneMore = items.slice(-(kept.length + 1));

        expect(items.slice(items.length - kept.length)).toEqual(kept);
        expect(kept.length).toBeLessThanOrEqual(count);
        expect(sizeOf(kept)).toBeLessThanOrEqual(bytes);
        expect(
          kept.length === items.length || kept.length === count || sizeOf(oneMore) > bytes,
        ).toBe(true);
      }),
    );
  });
});

/** Each item with the comma behind it. */
function sizeOf(items: readonly string[]): number {
  return items.reduce((sum, item) => sum + jsonBytes(item) + 1, 0);
}
