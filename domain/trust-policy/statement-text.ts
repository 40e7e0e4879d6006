/**
 * Where a policy's statements stand in its own text. A trust policy is somebody else's: an edit that goes through a parsed copy would
 * lose how they wrote it (white space, order, numbers), so ours are put in and cut out as text, and what we did not write stays as it
 * is, byte for byte.
 */
export interface Span {
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
}

interface StatementText {
  /** Of `Statement`'s value, the brackets included. */
  readonly whole: Span;
  /** IAM takes a lone statement without brackets too. */
  readonly isList: boolean;
  readonly statements: readonly Span[];
}

/** Null where the text is no policy. */
export function statementText(policy: string): StatementText | null {
  if (!isObjectText(policy)) return null;
  let found: Span | null = null;
  for (const member of membersOf(policy, policy.indexOf('{'))) {
    // Of a name that is there twice the last one counts, as everybody's parser has it.
    if (member.name === 'Statement') found = member.value;
  }
  if (found === null) return null;
  const isList = policy[found.start] === '[';
  return { whole: found, isList, statements: isList ? itemsOf(policy, found.start) : [found] };
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** @param open where the object's brace is; the text is known to be JSON */
function membersOf(
  text: string,
  open: number,
): readonly { readonly name: unknown; readonly value: Span }[] {
  const members: { readonly name: unknown; readonly value: Span }[] = [];
  for (let at = nextOf(text, open + 1); text[at] === '"'; at = nextOf(text, at)) {
    const nameEnd = valueEnd(text, at);
    const name: unknown = JSON.parse(text.slice(at, nameEnd));
    const start = nextOf(text, nameEnd);
    const end = valueEnd(text, start);
    members.push({ name, value: { start, end } });
    at = end;
  }
  return members;
}

function itemsOf(text: string, open: number): readonly Span[] {
  const items: Span[] = [];
  for (let at = nextOf(text, open + 1); text[at] !== ']'; at = nextOf(text, at)) {
    const end = valueEnd(text, at);
    items.push({ start: at, end });
    at = end;
  }
  return items;
}

/** Over white space, commas and colons. */
function nextOf(text: string, from: number): number {
  let at = from;
  while (' \t\r\n,:'.includes(text[at] ?? '.')) at += 1;
  return at;
}

function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') {
      at = stringEnd(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if ('[{'.includes(character)) depth += 1;
    else if (']}'.includes(character)) {
      // A bare word ends where what is around it ends.
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && ' \t\r\n,:'.includes(character)) return at;
  }
  return text.length;
}

function stringEnd(text: string, open: number): number {
  let at = open + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
