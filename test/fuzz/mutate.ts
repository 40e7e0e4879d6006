import type { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';

/**
 * Makes wrong inputs from right ones. Two hands: one that knows only characters, and one that knows JSON and puts strange values
 * at places that are really read, which random characters hardly ever reach. Every draw comes from the given stream.
 */

const SIGNS: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  ':',
  ',',
  '- ',
  '? ',
  '&a ',
  '*a',
  '|',
  '>',
  '#',
  '%',
];
const CHARACTERS: readonly string[] = [
  '',
  ' ',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\\',
  '\u{feff}',
  '\u{202e}',
  '\u{1f680}',
  '\ud800',
  '\u001b[2J',
];
const NUMBERS: readonly string[] = [
  'NaN',
  '.inf',
  '-0',
  '1e309',
  '-1',
  '0x10',
  '9007199254740993',
  '1e-400',
];
const NAMES: readonly string[] = [
  'null',
  'true',
  '~',
  '!!binary ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'then',
];
const TRICKS: readonly string[] = [
  '../../etc/passwd',
  'arn:aws:iam::1:role/x',
  '${jndi:x}',
  '$(id)',
  '`id`',
  'http://169.254.169.254/',
];
const UNITS: readonly string[] = [
  '0s',
  '1h',
  '100%',
  '101%',
  '1m30s',
  '999999999h',
  '2026-02-30T25:61:61Z',
];

/** What parsers stumble over: ends of number ranges, names JavaScript treats specially, signs of other languages. */
const TOKENS = [SIGNS, CHARACTERS, NUMBERS, NAMES, TRICKS, UNITS, ['a'.repeat(2_000)]].flat();

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1,
  0.1,
  1e21,
  1e308,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  'x',
  '0',
  '1',
  '-1',
  '100%',
  '1h',
  '__proto__',
  '\u0000',
  '\ud800',
  'a'.repeat(3_000),
  [],
  {},
  [[]],
  [null],
  { a: {} },
  [{}],
  Array.from({ length: 300 }, () => 0),
  nested(40),
];

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
}

/** A text like `text`, wrong in one to four places. @param other another right input, to splice from */
export function mutateText(text: string, other: string, random: SeededRandom): string {
  let mutated = text;
  for (let left = upTo(4, random); left >= 0; left -= 1) mutated = once(mutated, other, random);
  return mutated;
}

function once(text: string, other: string, random: SeededRandom): string {
  const from = Math.floor(random.next() * (text.length + 1));
  const to = Math.min(text.length, from + upTo(random.next() < 0.8 ? 8 : text.length + 1, random));
  const [head, middle, tail] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
  switch (upTo(7, random)) {
    case 0:
      return head + tail;
    case 1:
      return head + middle + middle + tail;
    case 2:
      return head + pick(TOKENS, random) + tail;
    case 3:
      return head + pick(TOKENS, random) + middle + tail;
    case 4:
      return head + String.fromCharCode(upTo(0x1_00_00, random)) + tail;
    case 5:
      return head + other.slice(Math.floor(random.next() * other.length));
    default:
      return head;
  }
}

/** A value like `value`, wrong in one to three places; JSON only. */
export function mutateJson(value: unknown, random: SeededRandom): unknown {
  let mutated: unknown = structuredClone(value);
  for (let left = upTo(3, random); left >= 0; left -= 1) mutated = changed(mutated, random);
  return mutated;
}

/** Walks down to a random place and changes what is there. */
function changed(value: unknown, random: SeededRandom): unknown {
  const isList = Array.isArray(value);
  if (typeof value !== 'object' || value === null || random.next() < 0.1)
    return structuredClone(pick(VALUES, random));
  const keys = Object.keys(value);
  const key = pick(keys, random);
  if (key === undefined || random.next() < 0.15) return grown(value, random);
  const item: unknown = Reflect.get(value, key);
  if (random.next() < 0.1)
    return isList
      ? value.toSpliced(Number(key), 1)
      : Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  return isList
    ? value.with(Number(key), changed(item, random))
    : Object.fromEntries([...Object.entries(value), [key, changed(item, random)]]);
}

/** One member more: a name of its own, or a copy of another. */
function grown(value: object, random: SeededRandom): unknown {
  const members: readonly unknown[] = Object.values(value);
  const more = structuredClone(random.next() < 0.5 ? pick(members, random) : pick(VALUES, random));
  if (Array.isArray(value)) return [...value, more];
  return Object.fromEntries([...Object.entries(value), [pick(TOKENS, random) ?? 'x', more]]);
}

/** A whole number in [0, below). */
function upTo(below: number, random: SeededRandom): number {
  return Math.floor(random.next() * below);
}

function pick<Item>(items: readonly Item[], random: SeededRandom): Item | undefined {
  return items[upTo(items.length, random)];
}
