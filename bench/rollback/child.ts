/** Questions to a program of the bench that runs as a process of its own, over Node's channel between parent and child. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

const answerSchema = z.union([
  z.object({ id: z.number(), result: z.unknown() }),
  z.object({ id: z.number(), error: z.string() }),
]);

export interface Child {
  ask(question: string, input?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** Returns when the program has said that it is ready. */
export async function startChild(
  program: string,
  env: Readonly<Record<string, string>>,
): Promise<Child> {
  const child = fork(program, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  child.on('message', (message) => {
    const answer = answerSchema.parse(message);
    const asker = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asker?.reject(new Error(answer.error));
    else asker?.resolve(answer.result);
  });
  child.once('exit', () => {
    for (const asker of waiting.values()) asker.reject(new Error(`${program} has ended`));
  });
  const ask = (question: string, input?: unknown): Promise<unknown> => {
    asked += 1;
    const asker = Promise.withResolvers<unknown>();
    waiting.set(asked, asker);
    child.send({ id: asked, question, input: input ?? null });
    return asker.promise;
  };
  await ask('ready');
  return { ask, stop: () => ended(child) };
}

/** Its side of the channel ends it; a signal would be taken by the Temporal runtime, which drains and goes on living. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
}

const questionSchema = z.object({ id: z.number(), question: z.string(), input: z.unknown() });

/** The child's side: answers each question by name. `ready` is answered when this is called. */
export function answerQuestions(
  answers: Readonly<Record<string, (input: unknown) => unknown>>,
): void {
  process.on('message', (message) => {
    const { id, question, input } = questionSchema.parse(message);
    void (async () => {
      try {
        const result = question === 'ready' ? null : await answers[question]?.(input);
        // The channel is JSON: what is undefined does not arrive.
        process.send?.({ id, result: result ?? null });
      } catch (cause) {
        process.send?.({ id, error: String(cause) });
      }
    })();
  });
  // A parent that is gone asks nothing any more.
  process.once('disconnect', () => process.exit());
}
