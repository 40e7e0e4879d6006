/**
 * Reads a plan file, or standard input, and gives the parsed plan or everything that is wrong with it at once, each
 * with file, line, column and field.
 *
 * Invariants: never throws because of what the file holds or because it cannot be read; problems are sorted by where
 * they stand; nothing larger than the limit is read into memory. Called by every verb that takes a plan.
 */
import {
  checkPlan,
  type MigrationPlan,
  type PlanPath,
  type PlanProblem,
} from '#domain/plan/migration-plan.ts';
import { formatPath, printable } from '#domain/plan/problems.ts';
import { readPlanDocument, type TextProblem } from './plan-document.ts';
import { readText } from './read-text.ts';

/** A problem and where it stands. */
export interface PlanFileProblem {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 1, in UTF-16 units as editors do. */
  readonly column: number;
  readonly path: PlanPath;
  readonly found: string;
  readonly allowed: string;
  readonly hint?: string;
}

export type PlanFileResult =
  | { readonly kind: 'valid'; readonly file: string; readonly plan: MigrationPlan }
  | {
      readonly kind: 'invalid';
      readonly file: string;
      readonly problems: readonly PlanFileProblem[];
    };

/** 250 routes with every field written are a tenth of it; also well below Temporal's 2 MB for one payload. */
const MOST_BYTES = 1_048_576;

/** A screen or two; whoever has more starts with these. */
const MOST_PRINTED = 100;

/** @param source a path, or `-` for standard input */
export async function readPlanFile(
  source: string,
  standardInput: AsyncIterable<unknown> = process.stdin,
): Promise<PlanFileResult> {
  const file = source === '-' ? '<stdin>' : source;
  const read = await readText(source, MOST_BYTES, standardInput);
  if (read.kind === 'text') return parsePlan(read.text, file);
  return unreadable(file, read.found, read.allowed);
}

/** @param file the name to show in problems */
export function parsePlan(text: string, file: string): PlanFileResult {
  const document = readPlanDocument(text);
  const textProblems = document.problems.map((problem) => ({ file, ...problem }));
  const check = 'tree' in document ? checkPlan(document.tree) : undefined;
  if (check?.kind === 'valid' && textProblems.length === 0)
    return { kind: 'valid', file, plan: check.plan };

  const planProblems = check?.kind === 'invalid' ? check.problems : [];
  const placed = planProblems.map((problem) => place(problem, file, document.positionOf(problem)));
  return { kind: 'invalid', file, problems: sorted([...textProblems, ...placed]) };
}

/** One line per problem, `file:line:column  path: found …; allowed: … (hint)`, for people. */
export function formatProblems(problems: readonly PlanFileProblem[]): string {
  const lines = problems
    .slice(0, MOST_PRINTED)
    .map(({ file, line, column, path, found, allowed, hint }) => {
      const suggestion = hint === undefined ? '' : ` (${hint})`;
      return `${printable(file)}:${line}:${column}  ${formatPath(path)}: found ${found}; allowed: ${allowed}${suggestion}`;
    });
  if (problems.length > MOST_PRINTED) lines.push(`… and ${problems.length - MOST_PRINTED} more`);
  return lines.join('\n');
}

function place(
  problem: PlanProblem,
  file: string,
  position: Pick<TextProblem, 'line' | 'column'>,
): PlanFileProblem {
  const { path, found, allowed, hint } = problem;
  return { file, ...position, path, found, allowed, ...(hint === undefined ? {} : { hint }) };
}

function sorted(problems: readonly PlanFileProblem[]): readonly PlanFileProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function unreadable(file: string, found: string, allowed: string): PlanFileResult {
  return {
    kind: 'invalid',
    file,
    problems: [{ file, line: 1, column: 1, path: [], found, allowed }],
  };
}
