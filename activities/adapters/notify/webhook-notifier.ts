import { request, type Dispatcher } from 'undici';
import { CutoverFailure } from '#domain/failures.ts';
import type { Notice } from '#activities/ports/notifier.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';

/** Longest wait for a webhook's answer, in milliseconds; the activity tells again later. */
const TIMEOUT_MS = 5000;

/**
 * Tells a webhook by one POST of JSON: `text` is what Slack, Mattermost and Teams workflows show, the other fields are for
 * programs. Fails `unavailable` unless it answers 2xx; the answer's body is not read. The URL may hold a secret, so only
 * its host is ever named (I10).
 */
export async function tellWebhook(
  url: string,
  notice: Notice,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<void> {
  const resource = `webhook ${hostOf(url)}`;
  await asFailure(resource, signal, async () => {
    const { statusCode, body } = await request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...notice, text: textOf(notice) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await body.dump();
    if (statusCode >= 200 && statusCode < 300) return;
    throw new CutoverFailure('unavailable', `the webhook answered ${statusCode}`, { resource });
  });
}

function textOf({ plan, text, command }: Notice): string {
  const answer = command === '' ? '' : `\n${command}`;
  return `[${plan}] ${text}${answer}`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'with an invalid URL';
}
