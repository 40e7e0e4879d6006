import { createInterface } from 'node:readline/promises';

/**
 * Asks before something that users or people will feel. Only where a person sits (both ends a terminal) and did not
 * say `--yes`; scripts are never held up: a rollback that waits for an answer is no rollback.
 */
export async function confirmed(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes === true || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `);
    return /^y(?:es)?$/iu.test(answer.trim());
  } finally {
    prompt.close();
  }
}
