/** Claims with volumes: one that is deleted with its claim, and one that only a zone can mount. */
import type { Hazard } from './hazard.ts';
import { writeAll, type Written } from './objects.ts';
import type { World } from './world.ts';

const SIZE = '8Gi';
const IN_A_ZONE = {
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-west-1a'] },
          ],
        },
      ],
    },
  },
};

function claimed(
  name: string,
  policy: 'Delete' | 'Retain',
  where: Readonly<Record<string, unknown>>,
): readonly Written[] {
  const accessModes = ['ReadWriteOnce'];
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      plural: 'persistentvolumes',
      namespaced: false,
      name: `volume-of-${name}`,
      rest: {
        spec: {
          accessModes,
          capacity: { storage: SIZE },
          persistentVolumeReclaimPolicy: policy,
          claimRef: { namespace: 'shop', name },
          csi: { driver: 'ebs.csi.aws.com', volumeHandle: `vol-${name}` },
          ...where,
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      plural: 'persistentvolumeclaims',
      name,
      rest: {
        spec: {
          accessModes,
          storageClassName: '',
          volumeName: `volume-of-${name}`,
          resources: { requests: { storage: SIZE } },
        },
      },
    },
  ];
}

export async function writeVolumes({ blue }: World): Promise<readonly Hazard[]> {
  await writeAll(blue, [
    ...claimed('accounts', 'Delete', {}),
    ...claimed('archive', 'Retain', IN_A_ZONE),
  ]);
  return [
    { code: 'volume-goes-with-claim', resource: 'PersistentVolumeClaim shop/accounts' },
    { code: 'volume-zone-bound', resource: 'PersistentVolumeClaim shop/archive' },
  ];
}
