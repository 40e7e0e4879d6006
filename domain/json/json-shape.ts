import { isFields } from './json-fields.ts';

/**
 * Shapes of JSON as data, for messages that reach a workflow from anywhere: the plan's schema does not run there. A value that
 * fits has every field that is needed and no field that is unknown. Called by the parsers of messages.
 */
export interface Shape {
  /** What is allowed, completing "… must be". */
  readonly allowed: string;
  /** Where in the value the first mistake is, and what is allowed there; null where it fits. */
  readonly mistake: (value: unknown, path: string) => Mistake | null;
}

interface Mistake {
  /** From the value's own root, such as `.soak.forSeconds`; empty for the value itself. */
  readonly path: string;
  readonly allowed: string;
}

export function whole(least: number, most: number): Shape {
  const allowed = `a whole number from ${least} to ${most}`;
  return leaf(allowed, (value) => Number.isInteger(value) && isBetween(value, least, most));
}

export function number(least: number, most: number): Shape {
  return leaf(`a number from ${least} to ${most}`, (value) => isBetween(value, least, most));
}

export function text(mostCharacters: number): Shape {
  const allowed = `a text of 1 to ${mostCharacters} characters`;
  return leaf(
    allowed,
    (value) => typeof value === 'string' && value !== '' && value.length <= mostCharacters,
  );
}

export function oneOf(choices: readonly (string | boolean)[]): Shape {
  return leaf(`one of ${choices.join(', ')}`, (value) => choices.some((one) => one === value));
}

export function listOf(item: Shape, least: number, most: number): Shape {
  const allowed = `a list of ${least} to ${most}`;
  return {
    allowed,
    mistake: (value, path) => {
      if (!Array.isArray(value) || value.length < least || value.length > most)
        return { path, allowed };
      const items: readonly unknown[] = value;
      return firstOf(items.map((one, index) => () => item.mistake(one, `${path}[${index}]`)));
    },
  };
}

/** An object with these fields and no other; those in `needed` must be there. */
export function fields(shapes: Readonly<Record<string, Shape>>, needed: readonly string[]): Shape {
  const allowed = `an object of ${Object.keys(shapes).join(', ')}`;
  return {
    allowed,
    mistake: (value, path) => {
      if (!isFields(value)) return { path, allowed };
      const missing = needed.find((name) => value[name] === undefined);
      if (missing !== undefined)
        return { path: `${path}.${missing}`, allowed: shapes[missing]?.allowed ?? 'there' };
      return firstOf(
        Object.entries(value).map(([name, one]) => () => {
          const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
          if (shape === undefined) return { path: `${path}.${shownName(name)}`, allowed: 'absent' };
          return shape.mistake(one, `${path}.${name}`);
        }),
      );
    },
  };
}

/** An object whose fields have names of the sender's choosing. */
export function named(pattern: RegExp, item: Shape): Shape {
  const allowed = 'an object by name';
  return {
    allowed,
    mistake: (value, path) => {
      if (!isFields(value)) return { path, allowed };
      return firstOf(
        Object.entries(value).map(([name, one]) => () => {
          if (!pattern.test(name)) return { path, allowed: 'an object by name of the plan' };
          return item.mistake(one, `${path}.${name}`);
        }),
      );
    },
  };
}

/** An object whose field `tag` says which of the shapes it has. */
export function taggedBy(tag: string, shapes: Readonly<Record<string, Shape>>): Shape {
  const allowed = `an object whose ${tag} is one of ${Object.keys(shapes).join(', ')}`;
  return {
    allowed,
    mistake: (value, path) => {
      const name = isFields(value) ? value[tag] : undefined;
      const shape =
        typeof name === 'string' && Object.hasOwn(shapes, name) ? shapes[name] : undefined;
      return shape === undefined ? { path, allowed } : shape.mistake(value, path);
    },
  };
}

function leaf(allowed: string, isRight: (value: unknown) => boolean): Shape {
  return { allowed, mistake: (value, path) => (isRight(value) ? null : { path, allowed }) };
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

function firstOf(looks: readonly (() => Mistake | null)[]): Mistake | null {
  for (const look of looks) {
    const mistake = look();
    if (mistake !== null) return mistake;
  }
  return null;
}

const LONGEST_NAME = 40;

/** A name that somebody sent, fit for one line. */
function shownName(name: string): string {
  return name.slice(0, LONGEST_NAME).replace(/[^\x21-\x7e]/gu, '?');
}
