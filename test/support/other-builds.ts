/**
 * Other builds of the workflow than today's, made of today's bundle: as the code was before its patches, as it would be had
 * somebody forgotten them, and as it may be one day. They need no git history, and grow with the code by themselves.
 */

/** `(0,workflow.patched)('name')`, as the bundle has it. */
const PATCHED = /\(0,\s*[\w$]+\.patched\)\((['"])([\w-]+)\1\)/gu;

/** Names of all patches in the code, sorted. */
export function patchesIn(code: string): readonly string[] {
  return [...new Set([...code.matchAll(PATCHED)].map(([, , name = '']) => name))].toSorted();
}

/** The code as it was before these patches. @param names of them; all without */
export function beforePatches(code: string, names: readonly string[] = patchesIn(code)): string {
  return replaced(code, names, 'false');
}

/** The code of somebody who made these changes without `patched()`: runs that began without them cannot go on with it. */
export function withoutGuards(code: string, names: readonly string[] = patchesIn(code)): string {
  return replaced(code, names, 'true');
}

/** Tomorrow's code: people are told when blue is found idle, behind a patch of its own. */
export function tomorrow(code: string): string {
  return edited(
    code,
    /(\n\s*await run\.phase\('drain'[^\n]*\n)/gu,
    `$1if ((0, ${temporalIn(code)}.patched)('tomorrow')) await (0, ${temporalIn(code)}.sleep)(1);\n`,
  );
}

/** Today's code with one activity in the place of another: what no history of today replays with. */
export function withActivitySwapped(code: string, is: string, was: string): string {
  return edited(code, new RegExp(`\\.${was}\\(`, 'gu'), `.${is}(`);
}

/** The module that holds Temporal's workflow library, by the name it has in the story's own module. */
function temporalIn(code: string): string {
  const name = /cause instanceof ([\w$]+)\.ContinueAsNew\b/u.exec(code)?.[1];
  if (name === undefined) throw new Error('the story does not look as it did');
  return name;
}

function replaced(code: string, names: readonly string[], by: string): string {
  const unknown = names.filter((name) => !patchesIn(code).includes(name));
  if (names.length === 0 || unknown.length > 0)
    throw new Error(`the workflow bundle has no patch ${unknown.join(', ')}`);
  return code.replace(PATCHED, (call, _, name: string) => (names.includes(name) ? by : call));
}

/** @throws Error where it does not fit exactly once: the code has moved */
function edited(code: string, find: RegExp, by: string): string {
  const found = [...code.matchAll(find)].length;
  if (found !== 1) throw new Error(`${String(find)} fits ${found} times in the workflow bundle`);
  return code.replace(find, by);
}
