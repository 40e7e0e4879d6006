import type { AskedApi } from '#domain/preflight/asked-apis.ts';

/**
 * `apiserver_requested_deprecated_apis` among the metrics of an API server, a line at a time. Source: Prometheus, "Exposition formats".
 */
export const ASKED_METRIC = 'apiserver_requested_deprecated_apis';

const LINE = /^apiserver_requested_deprecated_apis\{(.*)\}\s+(\S+)/u;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/gu;

/** Null for every other line, and for a count of nothing. */
export function parseAskedApi(line: string): AskedApi | null {
  const [, inside, value] = LINE.exec(line) ?? [];
  if (inside === undefined || !(Number(value) > 0)) return null;
  const labels = new Map(
    [...inside.matchAll(LABEL)].map(([, name = '', text = '']) => [name, unescaped(text)]),
  );
  const version = labels.get('version') ?? '';
  const resource = labels.get('resource') ?? '';
  if (version === '' || resource === '') return null;
  return {
    group: labels.get('group') ?? '',
    version,
    resource,
    subresource: labels.get('subresource') ?? '',
    removedRelease: labels.get('removed_release') ?? '',
  };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gu, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}
