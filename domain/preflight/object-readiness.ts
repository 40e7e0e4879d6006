import {
  inOrder,
  type ObjectFinding,
  type ObjectRef,
} from '#domain/api-removals/object-finding.ts';
import type { Finding } from './finding.ts';

/** What blue's own objects say about the way to green's version, as findings of preflight. A part of `readiness.ts`. */

/** More would only make history long: whoever mends fifty asks again. */
const MOST = 50;

/** Of these a dump of the cluster tells as much as the cluster. */
const IN_MANIFESTS: readonly string[] = [
  'api-removed',
  'api-removed-before',
  'api-deprecated',
  'git-repo-volume',
  'service-external-ips',
  'endpoints-written',
  'ingress-nginx',
];

type ObjectsFinding = Finding & Required<Pick<Finding, 'about'>>;

/** Blocks first. Beyond fifty each code is counted by itself, so that none hides another and a waiver takes its own alone. */
export function objectFindings(found: readonly ObjectFinding[]): readonly Finding[] {
  const all = inOrder(found).map(({ code, severity, title, remedy, ...about }): ObjectsFinding => {
    const named = `${title}: ${about.evidence}`;
    return { code, severity, resource: nameOf(about.resource), title: named, remedy, about };
  });
  const named = new Set(inTurns(all).slice(0, MOST));
  const others = Map.groupBy(
    all.filter((one) => !named.has(one)),
    ({ code }) => code,
  );
  return [...all.filter((one) => named.has(one)), ...[...others.values()].flatMap(counted)];
}

/** The first of every code before the second of any. */
function inTurns(all: readonly ObjectsFinding[]): readonly ObjectsFinding[] {
  return [...Map.groupBy(all, ({ code }) => code).values()]
    .flatMap((same) => same.map((one, turn) => ({ one, turn })))
    .toSorted((a, b) => a.turn - b.turn)
    .map(({ one }) => one);
}

/** One finding for those of a code that are not named. */
function counted(some: readonly ObjectsFinding[]): readonly Finding[] {
  const [first] = some;
  if (first === undefined) return [];
  const resource = `${some.length} more ${some.length === 1 ? 'object' : 'objects'}`;
  return [
    {
      ...first,
      resource,
      title: `${resource} of this code, the first: ${first.title}`,
      remedy: `${first.remedy}; ${restOf(first)}`,
      about: {
        ...first.about,
        resource: { apiVersion: '', kind: '', namespace: '', name: resource },
        evidence: `the first is ${first.resource}: ${first.about.evidence}`,
      },
    },
  ];
}

function restOf({ code }: Finding): string {
  return IN_MANIFESTS.includes(code)
    ? 'all of them are listed if you give a dump of the cluster to `cutover preflight --manifests`'
    : 'mend these, then ask again: what is left is named then';
}

function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}
