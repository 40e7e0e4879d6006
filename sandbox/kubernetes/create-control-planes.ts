/**
 * Real Kubernetes control planes, as many as wanted, on one etcd: what the emulator starts when somebody calls
 * CreateCluster. A cluster is ready when its API server serves and its controllers work; it has no nodes until some are
 * added. A start that fails takes back what it had started.
 */
import type { ControlPlane, ControlPlaneSpec } from './control-plane.ts';
import { startControlPlane, type Ground } from './start-control-plane.ts';

/** The programs `ensureTools` must have been asked for. */
export const CONTROL_PLANE_TOOLS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const;

export interface ControlPlanes {
  /** About 5 s on two cores; several may be started at once. @throws ProcessNotReadyError, WaitTimeoutError */
  start(spec: ControlPlaneSpec): Promise<ControlPlane>;
}

export function createControlPlanes(ground: Ground): ControlPlanes {
  return {
    start: async (spec) => {
      const undos: (() => Promise<void>)[] = [];
      const undoAll = async () => {
        for (const undo of undos.splice(0).reverse()) await undo();
      };
      try {
        return await startControlPlane(spec, ground, { push: (undo) => undos.push(undo), undoAll });
      } catch (cause) {
        await undoAll();
        throw cause;
      }
    },
  };
}
