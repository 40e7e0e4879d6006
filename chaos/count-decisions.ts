/** Did every word of people's arrive in the state exactly once (I8)? Pure. */
import type { Decision } from '#domain/migration/messages.ts';

export interface Words {
  readonly id: string;
  readonly said: string;
}

/** Words that were lost or count more than once; empty in a good run. */
export function lostDecisions(
  words: readonly Words[],
  decisions: readonly Pick<Decision, 'id'>[],
): readonly string[] {
  return words.flatMap(({ id, said }) => {
    const times = decisions.filter((decision) => decision.id === id).length;
    if (times === 1) return [];
    return [times === 0 ? `"${said}" was lost` : `"${said}" counts ${times} times`];
  });
}
