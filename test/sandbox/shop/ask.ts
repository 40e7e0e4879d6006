/** Asks the shop as the data plane does, or its control API as the sandbox does. */
import { request } from 'undici';
import { z } from 'zod';
import { TARGET_HEADER } from '#sandbox/data-plane/target-network.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

const bodySchema = z.record(z.string(), z.unknown());

/** `target` as `10.1.0.1:8080`. */
export function askPod(
  origin: string,
  target: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return ask(`${origin}${path}`, 'GET', undefined, { ...headers, [TARGET_HEADER]: target });
}

export async function ask(
  url: string,
  method: 'GET' | 'PUT' | 'DELETE' | 'POST',
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const answer = await request(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: bodySchema.parse(Array.isArray(parsed) ? { list: parsed } : parsed),
  };
}
