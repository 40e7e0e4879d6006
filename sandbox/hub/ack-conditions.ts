/**
 * ACK's conditions, as a person and kro meet them. Source: aws-controllers-k8s/runtime, `apis/core/v1alpha1/conditions.go`.
 * Pure; called by `ack-stand-in.ts`.
 */
import { assertNever } from '#domain/assert-never.ts';
import type { AckCondition } from './ack-objects.ts';

/** Where one of ACK's objects stands. */
export type AckState =
  | { readonly kind: 'synced' }
  /** On its way: asked for again in a moment. */
  | { readonly kind: 'pending'; readonly message: string }
  /** Went wrong, and is tried again. */
  | { readonly kind: 'recoverable'; readonly message: string }
  /** Went wrong, and is not tried again before its spec changes. */
  | { readonly kind: 'terminal'; readonly message: string };

/** @param before what the object says now, whose times stay where nothing changes; that it was given up is said anew each time, as ACK does */
export function conditionsOf(
  state: AckState,
  before: readonly AckCondition[],
  now: string,
): readonly AckCondition[] {
  return wanted(state).map((condition) => {
    const known = before.find(({ type }) => type === condition.type);
    const isSame =
      state.kind !== 'terminal' &&
      known?.status === condition.status &&
      known.message === condition.message;
    return {
      ...condition,
      lastTransitionTime: isSame ? (known.lastTransitionTime ?? now) : now,
    };
  });
}

function wanted(state: AckState): readonly AckCondition[] {
  const synced = { type: 'ACK.ResourceSynced' };
  switch (state.kind) {
    case 'synced':
      return [{ ...synced, status: 'True', message: 'Resource synced successfully' }];
    case 'pending':
      return [{ ...synced, status: 'False', message: state.message }];
    case 'recoverable':
      return [
        { type: 'ACK.Recoverable', status: 'True', message: state.message },
        { ...synced, status: 'Unknown', message: 'Unable to determine if desired resource state' },
      ];
    case 'terminal':
      return [
        { type: 'ACK.Terminal', status: 'True', message: state.message },
        { ...synced, status: 'False', message: 'Resource not synced' },
      ];
    default:
      return assertNever(state);
  }
}

/**
 * EKS's refusals after which ACK stops asking; whatever else EKS says is tried again.
 * Source: aws-controllers-k8s/eks-controller, `generator.yaml`, `terminal_codes`.
 */
const TERMINAL: ReadonlySet<string> = new Set([
  'ResourceLimitExceededException',
  'ResourceNotFoundException',
  'ResourceInUseException',
  'InvalidParameterException',
  'UnsupportedAvailabilityZoneException',
]);

/** What an error of an EKS call makes of the object. */
export function refusal(cause: unknown): AckState {
  if (!(cause instanceof Error)) return { kind: 'recoverable', message: String(cause) };
  const message = `${cause.name}: ${cause.message}`;
  return { kind: TERMINAL.has(cause.name) ? 'terminal' : 'recoverable', message };
}
