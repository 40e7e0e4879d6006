import { REMOVED_APIS } from './removed-apis.ts';

/**
 * Can anything stand against an object that is written so? Most of what charts write is nothing that a version ever took away, and
 * to look at its letters costs a fiftieth of reading it. Says yes too often, never too seldom: whatever
 * `judge-object.ts` and `behaviour-changes.ts` look for is named in the text.
 */
const NAMED = new RegExp(
  [
    ...new Set(REMOVED_APIS.map(({ apiVersion }) => apiVersion.replaceAll('.', String.raw`\.`))),
    'gitRepo',
    'externalIPs',
    'Endpoints',
    'ingress-nginx',
    // Letters may be written as numbers, slashes behind one of these.
    String.raw`\\`,
  ].join('|'),
  'u',
);

/** @param text of one document, YAML or JSON */
export function mayMatter(text: string): boolean {
  return NAMED.test(text);
}
