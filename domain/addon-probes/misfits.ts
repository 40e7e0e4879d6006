/** Where an add-on's configuration does not fit the schema of another version, in words. Pure. */
export interface Misfit {
  /** As people write it: `controller.replicas`, `tolerations[0]`; empty for the whole. */
  readonly path: string;
  /** What stands there, as JSON; clipped by {@link misfitText}. */
  readonly found: string;
  /** What the version allows, completing "allowed is …". */
  readonly allowed: string;
}

const MOST = 8;
const MOST_FOUND = 80;

/** One line for each misfit, the first few. */
export function misfitText(misfits: readonly Misfit[]): string {
  const shown = misfits.slice(0, MOST).map(({ path, found, allowed }) => {
    const place = path === '' ? 'the configuration' : path;
    return `- ${place}: blue has ${clip(found)}, allowed is ${allowed}`;
  });
  const more = misfits.length - shown.length;
  return [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

/** A JSON pointer as a path. @param pointer RFC 6901, as schema validators name places */
export function pathOfPointer(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => {
      if (/^\d+$/u.test(part)) return `${path}[${part}]`;
      return path === '' ? part : `${path}.${part}`;
    }, '');
}

function clip(text: string): string {
  return text.length <= MOST_FOUND ? text : `${text.slice(0, MOST_FOUND - 1)}…`;
}
