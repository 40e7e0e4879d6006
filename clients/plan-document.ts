/**
 * A plan file's text as a tree of plain values that still knows where everything stands.
 *
 * Invariants: YAML 1.2 core schema only (JSON is a part of it): no custom tags, no merge keys, string keys, one
 * document. Aliases are few, resolvable and acyclic, so the tree is finite. Costs grow with the size of the text, not
 * with its square: duplicate keys are looked for here, because the library compares every key with every other.
 * Called by `plan-file.ts`.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
} from 'yaml';
import { parseDocument, type YAMLError, type YAMLMap } from 'yaml';
import { type PlanPath, type PlanProblem, printable } from '#domain/plan/problems.ts';

/** Where something stands; both count from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with the text itself. */
export interface TextProblem extends Position {
  readonly path: PlanPath;
  readonly found: string;
  readonly allowed: string;
}

export interface PlanDocument {
  /** Absent where the text is too broken to be read further. */
  readonly tree?: unknown;
  readonly problems: readonly TextProblem[];
  /** Where a problem of the tree stands: the key, the value, or the parent of what is missing. */
  readonly positionOf: (problem: Pick<PlanProblem, 'path' | 'about'>) => Position;
}

/** More than anybody writes by hand, few enough that nested ones cannot explode. */
const MOST_ALIASES = 100;
/** After some syntax errors the rest are echoes. */
const MOST_SYNTAX_PROBLEMS = 10;

/** Reads YAML or JSON text. Never throws. */
export function readPlanDocument(text: string): PlanDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    stringKeys: true,
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const positionOf = positionFinder(document, positionAt);
  const syntax = syntaxProblems(document.errors, positionAt);
  if (syntax.length > 0) return { problems: syntax, positionOf };

  const tags = syntaxProblems(document.warnings, positionAt);
  const structure = structureProblems(document, positionAt);
  if (structure.unreadable) return { problems: [...tags, ...structure.problems], positionOf };
  const problems = [...tags, ...structure.problems];
  try {
    const tree: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return { tree, problems, positionOf };
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause; // the library's answer to exploding aliases
    return { problems: [...problems, tooManyAliases(positionAt(0))], positionOf };
  }
}

function syntaxProblems(
  errors: readonly YAMLError[],
  positionAt: (offset: number) => Position,
): TextProblem[] {
  const exhausted = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (exhausted !== undefined) {
    const position = positionAt(exhausted.pos[0]);
    return [
      { ...position, path: [], found: 'nesting too deep to read', allowed: 'at most 32 levels' },
    ];
  }
  return errors.slice(0, MOST_SYNTAX_PROBLEMS).map(({ message, pos }) => ({
    ...positionAt(pos[0]),
    path: [],
    found: printable(message),
    allowed: 'one document of plain YAML 1.2 or JSON',
  }));
}

function tooManyAliases(position: Position): TextProblem {
  const allowed = `at most ${MOST_ALIASES} aliases, counted after they are expanded`;
  return { ...position, path: [], found: 'too many aliases', allowed };
}

interface Structure {
  readonly problems: readonly TextProblem[];
  /** Whether an alias makes the tree impossible to build. */
  readonly unreadable: boolean;
}

/** Duplicate keys; aliases that are unknown, too many or part of themselves. */
function structureProblems(
  document: Document.Parsed,
  positionAt: (offset: number) => Position,
): Structure {
  const problems: TextProblem[] = [];
  let aliases = 0;
  let unreadable = false;
  const report = (node: unknown, path: PlanPath, found: string, allowed: string): void => {
    problems.push({ ...positionAt(startOf(node) ?? 0), path, found, allowed });
  };
  const walk = (node: unknown, path: PlanPath, ancestors: readonly unknown[]): void => {
    if (isAlias(node)) {
      aliases += 1;
      if (aliases > MOST_ALIASES) {
        if (!unreadable) problems.push(tooManyAliases(positionAt(startOf(node) ?? 0)));
        unreadable = true;
        return;
      }
      const target = node.resolve(document);
      if (target !== undefined && !ancestors.includes(target)) return;
      unreadable = true;
      const allowed = 'the name of an anchor (&name) that stands before it and does not contain it';
      report(node, path, `the alias *${printable(node.source)}`, allowed);
    } else if (isMap(node)) {
      const seen = new Set<string>();
      for (const { key, value } of node.items) {
        const name = keyOf(key);
        const keyPath = [...path, name];
        if (seen.has(name)) report(key, keyPath, 'the same field again', 'each field once');
        seen.add(name);
        walk(value, keyPath, [...ancestors, node]);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries())
        walk(item, [...path, index], [...ancestors, node]);
    }
  };
  walk(document.contents, [], []);
  return { problems, unreadable };
}

function positionFinder(
  document: Document.Parsed,
  positionAt: (offset: number) => Position,
): PlanDocument['positionOf'] {
  const entries = new WeakMap<YAMLMap, ReadonlyMap<string, { key: unknown; value: unknown }>>();
  const entriesOf = (map: YAMLMap): ReadonlyMap<string, { key: unknown; value: unknown }> => {
    const known =
      entries.get(map) ?? new Map(map.items.map(({ key, value }) => [keyOf(key), { key, value }]));
    entries.set(map, known);
    return known;
  };

  return ({ path, about }) => {
    let node: unknown = document.contents;
    let label = startOf(node) ?? 0; // where to point for the node as a whole: its key, if it has one
    for (const part of path) {
      const container: unknown = isAlias(node) ? node.resolve(document) : node;
      if (isMap(container)) {
        const entry = entriesOf(container).get(String(part));
        if (entry === undefined) return positionAt(label);
        label = startOf(entry.key) ?? label;
        node = entry.value;
      } else if (isSeq(container) && typeof part === 'number' && part < container.items.length) {
        node = container.items[part];
        label = startOf(node) ?? label;
      } else return positionAt(label);
    }
    const isWritten = !(isScalar(node) && node.value === null && node.source === '');
    return positionAt(about === 'value' && isWritten ? (startOf(node) ?? label) : label);
  };
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function startOf(node: unknown): number | undefined {
  return isPositioned(node) ? node.range?.[0] : undefined;
}

function isPositioned(node: unknown): node is Node | ParsedNode {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
}
