import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { storageClasses } from '#sandbox/node-agent/agent-resources.ts';

/** A StorageClass of the EBS CSI driver. @param type of EC2's volumes; one that EC2 does not know is broken */
export async function applyStorageClass(
  client: AdminClient,
  name: string,
  type: string,
): Promise<void> {
  await client.apply(storageClasses, {
    metadata: { name },
    provisioner: 'ebs.csi.aws.com',
    parameters: { type },
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
}
