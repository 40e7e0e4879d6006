import { LineCounter, parseAllDocuments } from 'yaml';
import { objectsIn } from '#domain/api-removals/judge-object.ts';
import { isHelmRelease, readHelmRelease } from './helm-release.ts';

/** The objects of a text of YAML or JSON documents, lists opened, Helm releases too; and what could not be read of it. */
export interface FoundObject {
  readonly object: unknown;
  /** Line at which its document begins, from 1. */
  readonly line: number;
  /** The Helm release that holds it; null where it stands in the text itself. */
  readonly release: string | null;
}

export interface Unreadable {
  readonly line: number;
  readonly why: string;
  /** What a person does about it. */
  readonly remedy: string;
}

export interface ManifestObjects {
  readonly objects: readonly FoundObject[];
  readonly unreadable: readonly Unreadable[];
}

const MOST_ALIASES = 100;

/** Never throws. */
export function manifestObjects(text: string): ManifestObjects {
  const json = jsonIn(text);
  return json === undefined ? yamlObjects(text) : found(json, 1);
}

/** Dumps are JSON more often than not, and many times quicker to read so. */
function jsonIn(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function yamlObjects(text: string): ManifestObjects {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const all = (Array.isArray(documents) ? documents : []).map((document): ManifestObjects => {
    const { line } = lineCounter.linePos(document.contents?.range?.[0] ?? document.range[0]);
    const [problem] = document.errors;
    if (problem !== undefined)
      return unreadable(lineCounter.linePos(problem.pos[0]).line, problem.message, text);
    try {
      return found(document.toJS({ maxAliasCount: MOST_ALIASES }), line);
    } catch (cause) {
      return unreadable(line, cause instanceof Error ? cause.message : String(cause), text);
    }
  });
  return {
    objects: all.flatMap(({ objects }) => objects),
    unreadable: all.flatMap((one) => one.unreadable),
  };
}

function found(document: unknown, line: number): ManifestObjects {
  const all = objectsIn(document).map((object): ManifestObjects => {
    const itself: FoundObject = { object, line, release: null };
    return isHelmRelease(object) ? opened(itself) : { objects: [itself], unreadable: [] };
  });
  return {
    objects: all.flatMap(({ objects }) => objects),
    unreadable: all.flatMap((one) => one.unreadable),
  };
}

/** A release holds the manifests that Helm would compare with when it upgrades it. */
function opened(secret: FoundObject): ManifestObjects {
  const release = readHelmRelease(secret.object);
  if (release.kind === 'unreadable')
    return {
      objects: [secret],
      unreadable: [
        {
          line: secret.line,
          why: release.why,
          remedy: 'look at the release with `helm get manifest`',
        },
      ],
    };
  const inside = release.isDeployed
    ? manifestObjects(release.manifest)
    : { objects: [], unreadable: [] };
  return {
    objects: [
      secret,
      ...inside.objects.map((one) => ({ ...one, line: secret.line, release: release.name })),
    ],
    unreadable: inside.unreadable.map((one) => ({
      ...one,
      line: secret.line,
      why: `Helm release ${release.name}: ${one.why}`,
    })),
  };
}

function unreadable(line: number, why: string, text: string): ManifestObjects {
  const remedy = text.includes('{{')
    ? 'it looks like a template: render it first (`helm template`) and give what comes out'
    : 'mend the text, or leave the file out';
  return { objects: [], unreadable: [{ line, why, remedy }] };
}
