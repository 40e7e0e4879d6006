/**
 * Finds the word somebody probably meant. Called where a key, a choice or a reference is unknown.
 * Invariant: cost is bounded by the candidates, not by the length of what was typed. Candidates may be names of the plan itself, so
 * they are made safe to print.
 */
import { printable } from './problems.ts';

/** `did you mean "groups"?`, or undefined where no candidate is near (a third of its letters, at least one). */
export function didYouMean(typed: unknown, candidates: readonly string[]): string | undefined {
  if (typeof typed !== 'string') return undefined;
  let best: { word: string; distance: number } | undefined;
  for (const word of candidates) {
    const limit = Math.max(1, Math.floor(word.length / 3));
    if (Math.abs(word.length - typed.length) > limit) continue;
    const distance = editDistance(typed.toLowerCase(), word.toLowerCase());
    if (distance <= limit && distance < (best?.distance ?? Infinity)) best = { word, distance };
  }
  return best === undefined ? undefined : `did you mean "${printable(best.word)}"?`;
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one each. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          cell(last, column) + 1,
          cell(current, column - 1) + 1,
          cell(last, column - 1) + cost,
          swapped ? cell(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return cell(last, b.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
