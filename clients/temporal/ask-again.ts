import { QueryNotRegisteredError } from '@temporalio/client';
import pRetry from 'p-retry';

const ATTEMPTS = 3;
const PAUSE_MS = 100;

/**
 * Asks a workflow again that refused to answer: something was happening to it at that very moment (`workflows/one-clock.ts`). The
 * server says the same of a question that its worker does not know; that one is refused three times. Throws what the last refusal
 * was, and everything else at once.
 */
export async function askAgain<Answer>(query: () => Promise<Answer>): Promise<Answer> {
  return pRetry(query, {
    retries: ATTEMPTS - 1,
    minTimeout: PAUSE_MS,
    shouldRetry: ({ error }) => error instanceof QueryNotRegisteredError,
  });
}
