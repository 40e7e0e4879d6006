/**
 * Which version of an add-on goes to green. Order of preference: the plan's pin, then the target's default (or the
 * newest, if the plan says `latest`); never a version that is not offered for the target.
 */
export interface OfferedVersion {
  readonly version: string;
  readonly isDefault: boolean;
}

export type AddonChoice =
  | { readonly kind: 'chosen'; readonly version: string }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** `offered` holds only versions compatible with the target Kubernetes version. */
export function chooseAddonVersion(
  addon: string,
  offered: readonly OfferedVersion[],
  choice: {
    readonly choose: 'default' | 'latest';
    readonly pinned: Readonly<Record<string, string>>;
  },
): AddonChoice {
  const pinned = Object.hasOwn(choice.pinned, addon) ? choice.pinned[addon] : undefined;
  if (pinned !== undefined)
    return offered.some((candidate) => candidate.version === pinned)
      ? { kind: 'chosen', version: pinned }
      : {
          kind: 'unavailable',
          reason: `pinned version ${pinned} is not offered for the target version`,
        };
  const newestFirst = offered.toSorted((a, b) => compareVersions(b.version, a.version));
  const preferred =
    choice.choose === 'default'
      ? (newestFirst.find((candidate) => candidate.isDefault) ?? newestFirst[0])
      : newestFirst[0];
  return preferred === undefined
    ? { kind: 'unavailable', reason: 'no version is offered for the target version' }
    : { kind: 'chosen', version: preferred.version };
}

/**
 * In the order in which one needs the other: pods need addresses, then Services' addresses, then names, then volumes and roles; the rest
 * by name. Source: EKS user guide, "AWS add-ons".
 */
export function inInstallOrder<Addon extends { readonly name: string }>(
  addons: readonly Addon[],
): readonly Addon[] {
  const placeOf = ({ name }: Addon): number => {
    const place = FIRST.findIndex((pattern) => pattern.test(name));
    return place === -1 ? FIRST.length : place;
  };
  return addons.toSorted((a, b) => placeOf(a) - placeOf(b) || (a.name < b.name ? -1 : 1));
}

const FIRST: readonly RegExp[] = [
  /^vpc-cni$/u,
  /^kube-proxy$/u,
  /^coredns$/u,
  /^eks-pod-identity-agent$/u,
  /-csi-driver$/u,
];

/** Orders `v1.19.3-eksbuild.2` by its numbers, left to right. */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): readonly number[] {
  return (version.match(/\d+/gu) ?? []).map(Number);
}
