import { inOrder, type ObjectFinding } from '#domain/api-removals/object-finding.ts';
import type { Finding } from './finding.ts';

/** What blue's own objects say about the way to green's version, as findings of preflight. A part of `readiness.ts`. */

/** More would only make history long: whoever mends fifty asks again. */
const MOST = 50;

export function objectFindings(found: readonly ObjectFinding[]): readonly Finding[] {
  const all = inOrder(found).map(({ code, severity, title, remedy, ...about }): Finding => {
    const { kind, namespace, name } = about.resource;
    const place = namespace === '' ? name : `${namespace}/${name}`;
    const named = `${title}: ${about.evidence}`;
    return { code, severity, resource: `${kind} ${place}`, title: named, remedy, about };
  });
  const [first] = all.slice(MOST);
  if (first === undefined) return all;
  const more = all.length - MOST;
  return [
    ...all.slice(0, MOST),
    {
      ...first,
      resource: `${more} more objects`,
      title: `${more} more findings about objects, the first: ${first.title}`,
      remedy:
        'list all of them: give a dump of the cluster to `cutover preflight --manifests`, or mend these and start again',
    },
  ];
}
