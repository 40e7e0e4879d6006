/**
 * What is asked of a cluster before anybody depends on its add-ons: each probe with its stable name, and the add-on that a failure
 * of it points to. Pure data; the activity `probeAddons` carries them out.
 */
export type Probe =
  | { readonly kind: 'pod-on-every-node' }
  | { readonly kind: 'service-routing' }
  | { readonly kind: 'dns-inside' }
  | { readonly kind: 'dns-outside'; readonly name: string }
  | {
      readonly kind: 'volume';
      readonly storageClass: string;
      /** Who makes its volumes; null where the cluster has no such class. */
      readonly provisioner: string | null;
    }
  | { readonly kind: 'metrics-api' }
  | { readonly kind: 'webhooks' };

/** A probe that is not carried out, and why. */
export interface LeftOut {
  readonly probe: string;
  readonly reason: string;
}

/**
 * EKS's names of add-ons. What makes a probe fail may be something else (a network policy, a security group); the add-on is where to
 * look first.
 */
const ADDONS: Readonly<Record<Exclude<Probe['kind'], 'volume' | 'webhooks'>, string>> = {
  'pod-on-every-node': 'vpc-cni',
  'service-routing': 'kube-proxy',
  'dns-inside': 'coredns',
  'dns-outside': 'coredns',
  'metrics-api': 'metrics-server',
};

/** By provisioner of a StorageClass. Source: EKS user guide, "AWS add-ons". */
const STORAGE_ADDONS: Readonly<Record<string, string>> = {
  'ebs.csi.aws.com': 'aws-ebs-csi-driver',
  // In-tree, carried out by the driver since Kubernetes 1.23 (CSI migration).
  'kubernetes.io/aws-ebs': 'aws-ebs-csi-driver',
  'efs.csi.aws.com': 'aws-efs-csi-driver',
  'fsx.csi.aws.com': 'aws-fsx-csi-driver',
  's3.csi.aws.com': 'aws-mountpoint-s3-csi-driver',
};

/** The name that is reported; of a volume with its StorageClass: `volume/gp3`. */
export function nameOfProbe(probe: Probe): string {
  return probe.kind === 'volume' ? `volume/${probe.storageClass}` : probe.kind;
}

/** The add-on to look at when it fails; the provisioner's name where no add-on of EKS makes these volumes. */
export function addonOfProbe(probe: Probe): string {
  switch (probe.kind) {
    case 'volume': {
      const { provisioner } = probe;
      if (provisioner === null) return 'storage';
      return Object.hasOwn(STORAGE_ADDONS, provisioner)
        ? (STORAGE_ADDONS[provisioner] ?? provisioner)
        : provisioner;
    }
    case 'webhooks':
      return 'admission webhooks';
    default:
      return ADDONS[probe.kind];
  }
}

/**
 * A part of object names and labels: a DNS label of at most 36 characters. Two StorageClasses that differ after that get the same;
 * {@link slugsOf} tells them apart.
 */
function slugOf(probe: Probe): string {
  const plain = nameOfProbe(probe)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-');
  return plain.slice(0, 36).replaceAll(/^-+|-+$/gu, '');
}

/** A name for each probe that no other has; the same for the same list. */
export function slugsOf(probes: readonly Probe[]): ReadonlyMap<Probe, string> {
  const taken = new Set<string>();
  return new Map(
    probes.map((probe) => {
      const plain = slugOf(probe);
      let slug = plain;
      for (let nth = 2; taken.has(slug); nth += 1) slug = `${plain.slice(0, 33)}-${nth}`;
      taken.add(slug);
      return [probe, slug];
    }),
  );
}
