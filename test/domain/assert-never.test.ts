import { assertNever } from '#domain/assert-never.ts';

describe('a case that nobody foresaw', () => {
  it('fails loudly and says what it was', () => {
    const unforeseen: unknown = { kind: 'surprise' };

    expect(() => Reflect.apply(assertNever, undefined, [unforeseen])).toThrow(
      'unhandled case: {"kind":"surprise"}',
    );
  });
});
