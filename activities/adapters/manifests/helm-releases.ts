import { mayMatter } from '#domain/api-removals/quick-look.ts';
import type { HelmReleases } from '#activities/ports/helm-releases.ts';
import { isHelmRelease, readHelmRelease } from './helm-release.ts';
import { manifestObjects } from './manifest-objects.ts';

/** Helm's Secrets, opened with the libraries of this folder. */
export const helmReleases: HelmReleases = {
  open: (secret) => {
    if (!isHelmRelease(secret)) return null;
    const release = readHelmRelease(secret);
    if (release.kind === 'unreadable')
      return { name: secret.metadata.name, objects: [], unreadable: [release.why] };
    if (!release.isDeployed) return null;
    const { objects, unreadable } = manifestObjects(whatMayMatter(release.manifest));
    return {
      name: release.name,
      objects: objects.map(({ object }) => object),
      unreadable: unreadable.map(({ why }) => why),
    };
  },
};

/** Three hyphens at the beginning of a line end a document wherever they stand (YAML 1.2.2, 9.1.2). */
const MARKER = /^---(?=\s|$)/mu;

/** A cluster has hundreds of releases, and few of their documents can be of interest. */
function whatMayMatter(manifest: string): string {
  return manifest.split(MARKER).filter(mayMatter).join('\n---\n');
}
