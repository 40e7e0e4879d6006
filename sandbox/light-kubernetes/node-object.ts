/** A node as an EKS instance registers, ready from its first moment. Pure. */
import type { NodeToAdd } from '#sandbox/aws/eks/cluster-backend.ts';
import { kubernetesTime, type LightObject } from './light-object.ts';

/** Of an m6i.xlarge. */
const ALLOCATABLE = { cpu: '4', memory: '15Gi', pods: '58' } as const;

/** What a writer would send; its status comes from {@link nodeStatus}. */
export function nodeObject({ name, zone, instanceType, labels, taints }: NodeToAdd): LightObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'node.kubernetes.io/instance-type': instanceType,
        'topology.kubernetes.io/zone': zone,
        'topology.kubernetes.io/region': zone.replace(/[a-z]$/u, ''),
        'eks.amazonaws.com/capacityType': 'ON_DEMAND',
        ...labels,
      },
    },
    spec: { taints: [...taints] },
  };
}

export function nodeStatus(
  { name, internalIp, kubeletVersion }: NodeToAdd,
  nowMs: number,
): Readonly<Record<string, unknown>> {
  return {
    allocatable: ALLOCATABLE,
    capacity: ALLOCATABLE,
    addresses: [
      { type: 'InternalIP', address: internalIp },
      { type: 'Hostname', address: name },
    ],
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        lastTransitionTime: kubernetesTime(nowMs),
      },
    ],
    nodeInfo: { kubeletVersion, architecture: 'amd64', operatingSystem: 'linux' },
  };
}
