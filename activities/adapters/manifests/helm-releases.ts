import type { HelmReleases } from '../../helm-port.ts';
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
    const { objects, unreadable } = manifestObjects(release.manifest);
    return {
      name: release.name,
      objects: objects.map(({ object }) => object),
      unreadable: unreadable.map(({ why }) => why),
    };
  },
};
