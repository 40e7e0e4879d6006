import { Document, isMap, isNode, isScalar, visit, type Node } from 'yaml';
import type { DraftNote, PlanDraft } from '#domain/plan-draft/draft-plan.ts';

/** The draft as a plan file: remarks above what they are about, questions where their answer belongs. */
export function draftText({ plan, questions, remarks, heading }: PlanDraft): string {
  const document = new Document(plan);
  document.commentBefore = [
    'yaml-language-server: $schema=./plan.schema.json',
    'Drafted by `cutover init` from what stands around blue. Answer every QUESTION, then check it: `cutover plan FILE`.',
    ...heading,
  ]
    .flatMap((line) => wrapped(line))
    .join('\n');
  for (const remark of remarks) note(document, remark, remark.text);
  for (const question of questions) note(document, question, `QUESTION: ${question.text}`);
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** A node's own comment line, or one above the pair that holds a scalar or an empty list. */
function note(document: Document, { path }: DraftNote, text: string): void {
  const node = nodeAt(document, path);
  if (node === null) return;
  const lines = wrapped(text).join('\n');
  const before = node.commentBefore;
  node.commentBefore =
    before === undefined || before === null || before === '' ? lines : `${before}\n${lines}`;
}

/** A pair's comment is its key's. */
function nodeAt(document: Document, path: DraftNote['path']): Node | null {
  const last = path.at(-1);
  if (typeof last === 'number') {
    const item: unknown = document.getIn(path, true);
    return isNode(item) ? item : null;
  }
  const parent: unknown = document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return null;
  for (const { key } of parent.items) if (isScalar(key) && key.value === last) return key;
  return null;
}

const WIDTH = 120;

/** Comment lines; a command keeps its own. */
function wrapped(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((part) => (part.startsWith('aws ') ? [part] : broken(part)))
    .map((line) => ` ${line}`);
}

function broken(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
