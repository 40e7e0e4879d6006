/**
 * The EBS CSI driver's part: a claim of its StorageClasses gets a volume, while the driver's controller runs, and a volume that is no
 * longer claimed goes. Binding itself is done by the real controllers. A volume type that EC2 does not know is refused as EC2 would.
 * Source: Kubernetes documentation, "Persistent Volumes"; EBS CSI driver, "StorageClass parameters".
 */
import type { AdminClient } from '../kubernetes/admin-client.ts';
import { storageClasses, volumeClaims, volumes } from './agent-resources.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { tellEvent } from './tell-event.ts';

const DRIVER = 'ebs.csi.aws.com';
const PROVISIONERS: readonly string[] = [DRIVER, 'kubernetes.io/aws-ebs'];
const CONTROLLER = 'ebs-csi-controller';
const TYPES: readonly string[] = ['gp2', 'gp3', 'io1', 'io2', 'st1', 'sc1', 'standard'];
const ASKED = 'volume.kubernetes.io/storage-provisioner';
const NODE_CHOSEN = 'volume.kubernetes.io/selected-node';
const MADE_BY = 'pv.kubernetes.io/provisioned-by';

/** One round. Returns whether volumes of the driver's are left that may go one day. */
export async function provisionVolumes(client: AdminClient, parts: ClusterParts): Promise<boolean> {
  const [{ items: claims }, { items: made }] = await Promise.all([
    client.list(volumeClaims),
    client.list(volumes),
  ]);
  const ours = made.filter(({ metadata }) => metadata.annotations[MADE_BY] === DRIVER);
  for (const { metadata, spec, status } of ours)
    if (status.phase === 'Released' && spec.persistentVolumeReclaimPolicy === 'Delete')
      await client.delete(volumes, { name: metadata.name });
  const open = claims.filter(
    ({ metadata, status }) => status.phase === 'Pending' && metadata.annotations[ASKED] === DRIVER,
  );
  if (open.length > 0 && (await parts.runs(CONTROLLER)))
    for (const claim of open) await provision(client, claim);
  return ours.length > 0;
}

type Claim = ReturnType<(typeof volumeClaims)['parse']>;

async function provision(client: AdminClient, claim: Claim): Promise<void> {
  const { metadata, spec } = claim;
  const storageClass = await client.get(storageClasses, { name: spec.storageClassName ?? '' });
  if (storageClass === undefined || !PROVISIONERS.includes(storageClass.provisioner)) return;
  const waitsForPod = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
  if (waitsForPod && metadata.annotations[NODE_CHOSEN] === undefined) return;
  const type = storageClass.parameters?.['type'] ?? 'gp3';
  if (!TYPES.includes(type)) {
    await tellEvent(
      client,
      { ...claim, kind: 'PersistentVolumeClaim' },
      {
        reason: 'ProvisioningFailed',
        message: `failed to provision volume with StorageClass "${storageClass.metadata.name}": rpc error: code = InvalidArgument desc = Could not create volume "pvc-${metadata.uid}": invalid AWS VolumeType "${type}"`,
        component: DRIVER,
      },
    );
    return;
  }
  await client.apply(volumes, {
    metadata: { name: `pvc-${metadata.uid}`, annotations: { [MADE_BY]: DRIVER } },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: spec.accessModes,
      storageClassName: storageClass.metadata.name,
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy,
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
      },
      csi: { driver: DRIVER, volumeHandle: `vol-${metadata.uid.replaceAll('-', '').slice(0, 17)}` },
    },
  });
}
