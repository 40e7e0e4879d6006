import * as fc from 'fast-check';
import { parseSamples } from '#clients/judge/samples-csv.ts';

describe('a file of samples', () => {
  it.each([
    ['names and numbers', 'a,b\n1,2\n3.5,-4e2\n', { a: [1, 3.5], b: [2, -400] }],
    ['missing samples', 'a,b\n,2\nNaN,\n', { a: [NaN, NaN], b: [2, NaN] }],
    ['missing samples of the only metric', 'a\n1\n\n3\n', { a: [1, NaN, 3] }],
    ['blank lines at the end', 'a,b\n1,2\n\n\n', { a: [1], b: [2] }],
    ['no line break at the end', 'a\n1\n2', { a: [1, 2] }],
    ['Windows line breaks and a byte order mark', '\u{feff}a,b\r\n1,2\r\n', { a: [1], b: [2] }],
    [
      'quotes',
      '"http errors, 5xx","say ""p99"""\n"1", 2 \n',
      { 'http errors, 5xx': [1], 'say "p99"': [2] },
    ],
    ['a quoted name before plain ones', '"a",b,\n1,2,3\n', null],
    ['no samples', 'a,b\n', { a: [], b: [] }],
  ] as const)('holds %s', (_, text, columns) => {
    const parsed = parseSamples(text, 'a.csv');

    expect(parsed.kind === 'samples' ? Object.fromEntries(parsed.columns) : null).toEqual(columns);
  });

  it.each([
    ['a word', 'a,b\n1,2\n3,fast\n', '3:3 b found "fast"'],
    ['a number with a unit', 'a\n5ms\n', '2:1 a found "5ms"'],
    ['infinity', 'a\nInfinity\n', '2:1 a found "Infinity"'],
    ['a number too large to reckon with', 'a\n1e200\n', '2:1 a found "1e200"'],
    ['a row too short', 'a,b\n1\n', '2:1 row found 1 field'],
    ['a row too long', 'a\n1,2\n', '2:1 row found 2 fields'],
    ['a blank row of several metrics', 'a,b\n1,2\n\n3,4\n', '3:1 row found 1 field'],
    [
      'an open quote',
      'a,b\n1,"2\n',
      '2:3 row found a quote that is not closed before the next comma',
    ],
    ['a quote inside', 'a,b\n1,2"\n', '2:3 row found a quote inside a field'],
    ['a metric twice', 'a,b,a\n', '1:5 a found the same metric again'],
    ['a nameless column', 'a,,b\n', '1:3 header found a column without a name'],
    ['nothing', '', '1:1 header found a column without a name'],
  ])('is refused with line, column and metric for %s', (_, text, problem) => {
    const parsed = parseSamples(text, 'a.csv');
    const [first] = parsed.kind === 'invalid' ? parsed.problems : [];

    expect(`${first?.line}:${first?.column} ${first?.path.join('.')} found ${first?.found}`).toBe(
      problem,
    );
  });

  it('is read only as far as wanted: a column of times does no harm', () => {
    const parsed = parseSamples('time,a\n12:00,1\n12:01,2\n', 'a.csv', new Set(['a', 'gone']));

    expect(parsed.kind === 'samples' && Object.fromEntries(parsed.columns)).toEqual({ a: [1, 2] });
  });

  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '1', 'x', ' ', '.') }),
        (text) => {
          const parsed = parseSamples(text, 'a.csv');

          expect(['samples', 'invalid']).toContain(parsed.kind);
        },
      ),
    );
  });
});
