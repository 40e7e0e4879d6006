/**
 * The emulator's own HTTP side door under `/_sandbox/`, for the CLI and for tests in other processes: faults, the audit, and
 * whatever routes services add (the EKS token webhook). It is not AWS, needs no signature, and listens on loopback only.
 *
 *   GET /_sandbox/health   GET /_sandbox/audit?service=&operation=   GET|PUT|DELETE /_sandbox/faults   DELETE /_sandbox/faults/<id>
 */
import type { Audit } from './audit.ts';
import { faultRuleSchema } from './fault-rule-schema.ts';
import type { Faults } from './faults.ts';

export const CONTROL_PREFIX = '/_sandbox/';

export interface ControlRequest {
  readonly method: string;
  /** Below the prefix, as in `faults/fault-1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined when empty. */
  readonly body: unknown;
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Answers the requests it knows; undefined passes the request on. */
export type ControlRoute = (
  request: ControlRequest,
) => ControlAnswer | undefined | Promise<ControlAnswer | undefined>;

export function coreControlRoutes(faults: Faults, audit: Audit): readonly ControlRoute[] {
  return [
    ({ path }) => (path === 'health' ? { status: 200, body: { ready: true } } : undefined),

    ({ method, path, query }) => {
      if (method !== 'GET' || path !== 'audit') return undefined;
      const service = query.get('service');
      const operation = query.get('operation');
      const entries = audit.entries({
        ...(service === null ? {} : { service }),
        ...(operation === null ? {} : { operation }),
      });
      return { status: 200, body: { entries } };
    },

    ({ method, path, body }) => {
      if (path === 'faults' && method === 'GET')
        return { status: 200, body: { faults: faults.list() } };
      if (path === 'faults' && method === 'PUT') {
        const rule = faultRuleSchema.safeParse(body);
        if (!rule.success) return { status: 400, body: { problems: rule.error.issues } };
        return { status: 200, body: { id: faults.add(rule.data) } };
      }
      if (path === 'faults' && method === 'DELETE') {
        faults.clear();
        return { status: 200, body: {} };
      }
      if (path.startsWith('faults/') && method === 'DELETE') {
        return faults.remove(path.slice('faults/'.length))
          ? { status: 200, body: {} }
          : { status: 404, body: {} };
      }
      return undefined;
    },
  ];
}

export async function answerControl(
  routes: readonly ControlRoute[],
  request: ControlRequest,
): Promise<ControlAnswer> {
  for (const route of routes) {
    const answer = await route(request);
    if (answer !== undefined) return answer;
  }
  return {
    status: 404,
    body: { message: `no control route for ${request.method} ${request.path}` },
  };
}
