/** The processes beside an API server that make a cluster of it: controllers, scheduler, and kwok in place of kubelets. */
import { fileURLToPath } from 'node:url';
import type { ProcessSpec } from '../processes/supervised-process.ts';
import type { ToolPaths } from '../tools/ensure-tools.ts';
import type { ControlPlaneSpec } from './control-plane.ts';

const STAGES = fileURLToPath(new URL('stages.yaml', import.meta.url));

/** Controllers of certificates, clouds and attached disks: nothing in a sandbox has those, and each costs a watch or more. */
const UNUSED_CONTROLLERS = [
  'certificatesigningrequest-approving-controller',
  'certificatesigningrequest-cleaner-controller',
  'certificatesigningrequest-signing-controller',
  'cloud-node-lifecycle-controller',
  'device-taint-eviction-controller',
  'ephemeral-volume-controller',
  'node-ipam-controller',
  'node-route-controller',
  'persistentvolume-attach-detach-controller',
  'persistentvolume-expander-controller',
  'resourceclaim-controller',
  'service-lb-controller',
  'storage-version-migrator-controller',
  'volumeattributesclass-protection-controller',
] as const;

/** All three keep nothing, so they are killed without being asked. */
export function clusterProcesses(options: {
  readonly spec: ControlPlaneSpec;
  readonly tools: ToolPaths;
  readonly kubeconfigs: {
    readonly controllerManager: string;
    readonly scheduler: string;
    readonly kubelets: string;
    /** File with the cluster's certificate authority, PEM; pods find it in `kube-root-ca.crt`. */
    readonly ca: string;
  };
  readonly serviceAccountKey: string;
}): readonly ProcessSpec[] {
  const { spec, tools, kubeconfigs, serviceAccountKey } = options;
  return [
    {
      name: `${spec.name}-kube-controller-manager`,
      command: tools.path('kube-controller-manager'),
      args: [
        `--emulated-version=${spec.version}`,
        `--kubeconfig=${kubeconfigs.controllerManager}`,
        `--service-account-private-key-file=${serviceAccountKey}`,
        `--root-ca-file=${kubeconfigs.ca}`,
        `--controllers=${['*', ...UNUSED_CONTROLLERS.map((name) => `-${name}`)].join(',')}`,
        '--leader-elect=false',
        '--secure-port=0',
      ],
      graceMs: 0,
    },
    {
      name: `${spec.name}-kube-scheduler`,
      command: tools.path('kube-scheduler'),
      args: [
        `--emulated-version=${spec.version}`,
        `--kubeconfig=${kubeconfigs.scheduler}`,
        '--leader-elect=false',
        '--secure-port=0',
      ],
      graceMs: 0,
    },
    {
      name: `${spec.name}-kwok`,
      command: tools.path('kwok'),
      args: [
        `--kubeconfig=${kubeconfigs.kubelets}`,
        `--config=${STAGES}`,
        `--cidr=${spec.podCidr}`,
        '--manage-all-nodes=true',
        '--node-lease-duration-seconds=40',
      ],
      graceMs: 0,
    },
  ];
}
