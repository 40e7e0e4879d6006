import { compareVersions } from '#domain/addon-versions.ts';
import { REMOVED_APIS, type RemovedApi } from './removed-apis.ts';

/**
 * Which kinds of Kubernetes' API are gone on the way from one version to another. Blue/green jumps over several minors, so what
 * counts is the union of all removals on the way. Kinds of other people's APIs are served as long as they serve them.
 */

/** The way of an upgrade, Kubernetes minors such as `1.33`. */
export interface Span {
  /** Where it begins; null where nobody knows, and everything removed up to `to` counts. */
  readonly from: string | null;
  readonly to: string;
}

export type ApiVerdict =
  | { readonly kind: 'served' }
  /** `removed`: gone on the way. `removed-before`: gone already where the way begins. `deprecated`: goes later. */
  | {
      readonly kind: 'removed' | 'removed-before' | 'deprecated';
      readonly api: RemovedApi;
      /** What the target serves instead, as `apiVersion kind`; null where there is nothing. */
      readonly successor: string | null;
    };

const BY_NAME = new Map(REMOVED_APIS.map((api) => [nameOf(api), api]));

export function verdictOn(
  object: { readonly apiVersion: string; readonly kind: string },
  { from, to }: Span,
): ApiVerdict {
  const api = BY_NAME.get(nameOf(object));
  if (api === undefined) return { kind: 'served' };
  const successor = successorOf(api, to);
  if (from !== null && compareVersions(api.removed, from) <= 0)
    return { kind: 'removed-before', api, successor };
  if (compareVersions(api.removed, to) <= 0) return { kind: 'removed', api, successor };
  return api.deprecated !== null && compareVersions(api.deprecated, to) <= 0
    ? { kind: 'deprecated', api, successor }
    : { kind: 'served' };
}

/** Alpha kinds are never served by EKS (user guide, "Kubernetes versions"): nobody depends on them there. */
export function isAlpha(apiVersion: string): boolean {
  return /v\d+alpha\d+$/u.test(apiVersion);
}

/** A replacement may itself be gone by then: the first in the chain that is not. */
function successorOf({ replacement }: RemovedApi, to: string): string | null {
  if (replacement === null) return null;
  const next = BY_NAME.get(nameOf(replacement));
  return next === undefined || compareVersions(next.removed, to) > 0
    ? nameOf(replacement)
    : successorOf(next, to);
}

function nameOf({
  apiVersion,
  kind,
}: {
  readonly apiVersion: string;
  readonly kind: string;
}): string {
  return `${apiVersion} ${kind}`;
}
