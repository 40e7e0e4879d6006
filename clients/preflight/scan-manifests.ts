import {
  manifestObjects,
  type FoundObject,
  type Unreadable,
} from '#activities/adapters/manifests/manifest-objects.ts';
import type { Span } from '#domain/api-removals/api-removals.ts';
import { judgeObject, refOf } from '#domain/api-removals/judge-object.ts';
import { inOrder, type ObjectFinding } from '#domain/api-removals/object-finding.ts';
import type { ManifestFile } from './manifest-files.ts';
import { countsOf, type PreflightReport } from './report.ts';

/** What stands against manifests on the way to another version, found without a cluster. */
interface FileFinding extends ObjectFinding {
  readonly file: string;
  /** From 1; where its document begins. */
  readonly line: number;
}

const YAML_PAGE = 'https://kubernetes.io/docs/concepts/overview/working-with-objects/';

export async function scanManifests(
  files: AsyncIterable<ManifestFile>,
  span: Span,
): Promise<PreflightReport> {
  const findings: FileFinding[] = [];
  const releases = new Set<string>();
  let [count, objects] = [0, 0];
  for await (const { name, text } of files) {
    count += 1;
    const read = manifestObjects(text);
    for (const one of read.objects) {
      if (refOf(one.object) !== null) objects += 1;
      if (one.release !== null) releases.add(one.release);
      findings.push(...judged(one, name, span));
    }
    findings.push(...read.unreadable.map((one) => unread(one, name)));
  }
  return {
    findings: inOrder(findings),
    summary: {
      ...countsOf(findings),
      ...span,
      files: count,
      objects,
      releases: releases.size,
    },
  };
}

function judged(
  { object, line, release }: FoundObject,
  file: string,
  span: Span,
): readonly FileFinding[] {
  return judgeObject(object, span).map((found) => ({
    ...found,
    evidence: release === null ? found.evidence : `${found.evidence}, in Helm release ${release}`,
    file,
    line,
  }));
}

function unread({ line, why, remedy }: Unreadable, file: string): FileFinding {
  return {
    code: 'manifest-unreadable',
    severity: 'warn',
    title: `${file} cannot be read as Kubernetes objects`,
    resource: { apiVersion: '', kind: '', namespace: '', name: '' },
    evidence: `line ${line}: ${why}`,
    remedy,
    source: YAML_PAGE,
    file,
    line,
  };
}
