import { finished } from 'node:stream/promises';
import { request } from 'undici';
import { CutoverFailure } from '#domain/failures.ts';
import type { HttpProbe } from '#activities/ports/http-probe.ts';
import { ANY_HOST, outboundAgent, type OutboundRule } from './outbound.ts';

/**
 * One HTTP request as a stranger would make it: on a connection of its own, redirects not followed, the answer's body
 * thrown away. A connection that cannot be made, breaks or takes too long is an answer too: status 0. A
 * `host` header also names the server in TLS, so that a load balancer's certificate fits. Fails `access-denied` where the rule
 * forbids the host.
 */
export function createHttpProbe(rule: OutboundRule = ANY_HOST): HttpProbe {
  return {
    get: async (url, { headers, timeoutMs }, signal) => {
      signal.throwIfAborted();
      const agent = outboundAgent(rule, { pipelining: 0 });
      try {
        const { statusCode, body } = await request(url, {
          dispatcher: agent,
          headers: { ...headers },
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
        // A page that breaks off half-way was no answer.
        await finished(body.resume());
        return { status: statusCode };
      } catch (cause) {
        signal.throwIfAborted();
        if (cause instanceof CutoverFailure) throw cause;
        return { status: 0 };
      } finally {
        await agent.destroy();
      }
    },
  };
}
