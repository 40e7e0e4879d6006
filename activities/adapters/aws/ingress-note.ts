import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { CutoverFailure } from '#domain/failures.ts';
import type { RuleRoute } from './alb-rules.ts';
import { actionOfNote, noteOf } from './forward-action.ts';
import type { BackendShape } from './ingress-backends.ts';

/**
 * What is remembered of an Ingress route before us, so that detaching green leaves both places byte-identical: how the backend
 * was named in the Ingress (its port, or its annotation's text), and the forward of its rules, because the controller takes
 * a rule that means the same for the same and would not write ours back to the letter. Nothing else of either is touched.
 */
export interface IngressNote {
  readonly shape: BackendShape;
  /** Without an order: that stays each rule's own. */
  readonly forward: Action;
}

/** State is bounded (I9): a note is at most this long, in characters. */
export const LONGEST_NOTE = 1024;

const noteSchema = z.strictObject({
  shape: z.union([
    z.strictObject({
      kind: z.literal('plain'),
      port: z.union([z.strictObject({ number: z.int() }), z.strictObject({ name: z.string() })]),
    }),
    z.strictObject({ kind: z.literal('action'), text: z.string() }),
  ]),
  forward: z.unknown(),
});

export function ingressNote({ shape, forward }: IngressNote): string {
  const forwardNote: unknown = JSON.parse(noteOf(withoutOrder(forward)));
  return JSON.stringify({ shape, forward: forwardNote });
}

/** Fails `internal` for a text that `ingressNote` did not make. */
export function parseIngressNote(note: string, route: RuleRoute): IngressNote {
  const parsed = noteSchema.safeParse(parsedJson(note));
  if (parsed.success) {
    const { shape, forward } = parsed.data;
    return { shape, forward: actionOfNote(JSON.stringify(forward), route) };
  }
  throw new CutoverFailure('internal', 'the note of the Ingress as it was cannot be read', {
    resource: route.id,
    cause: parsed.error,
  });
}

export function withoutOrder(forward: Action): Action {
  const { Order: _, ...action } = forward;
  return action;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
