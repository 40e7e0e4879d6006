import { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { mutateJson, mutateText } from './mutate.ts';

/**
 * One parser under fire. A parser answers, or refuses with a failure of our own; anything else that it throws is what is
 * looked for, and so is a promise of its own that `read` checks and does not find kept.
 */
export type FuzzTarget = {
  /** The function's name, as the source spells it. */
  readonly name: string;
  /** Gives the input to the parser; throws when what comes out breaks a promise. */
} & (
  | {
      readonly takes: 'text';
      readonly corpus: readonly string[];
      readonly read: (text: string) => void;
    }
  | {
      readonly takes: 'json';
      readonly corpus: readonly unknown[];
      readonly read: (value: unknown) => void;
    }
);

export interface FuzzFinding {
  readonly target: string;
  /** The input that does it, as JSON. */
  readonly input: string;
  readonly thrown: string;
}

/** The first finding of `inputs` inputs, or null. Equal seeds give equal inputs. */
export function fuzz(target: FuzzTarget, inputs: number, seed: number): FuzzFinding | null {
  const random = new SeededRandom(seed).fork(target.name);
  for (let count = 0; count < inputs; count += 1) {
    const finding =
      target.takes === 'text'
        ? trial(target.name, target.read, drawText(target.corpus, random))
        : trial(target.name, target.read, mutateJson(draw(target.corpus, random), random));
    if (finding !== null) return finding;
  }
  return null;
}

/** Half of the texts that are JSON are changed as JSON. */
function drawText(corpus: readonly string[], random: SeededRandom): string {
  const text = draw(corpus, random);
  const value = random.next() < 0.5 ? jsonIn(text) : undefined;
  return value === undefined
    ? mutateText(text, draw(corpus, random), random)
    : JSON.stringify(mutateJson(value, random));
}

function trial<Input>(
  name: string,
  read: (input: Input) => void,
  input: Input,
): FuzzFinding | null {
  try {
    read(input);
    return null;
  } catch (cause) {
    if (cause instanceof CutoverFailure) return null;
    const thrown = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return { target: name, input: JSON.stringify(input) ?? 'undefined', thrown };
  }
}

function draw<Item>(corpus: readonly Item[], random: SeededRandom): Item {
  const item = corpus[Math.floor(random.next() * corpus.length)];
  if (item === undefined) throw new Error('a target needs at least one right input');
  return item;
}

function jsonIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
