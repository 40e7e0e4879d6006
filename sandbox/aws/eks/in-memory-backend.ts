/** A cluster backend of maps, for tests of the EKS API that need no API server. Pods run wherever a node exists. */
import type {
  ClusterBackend,
  ClusterToStart,
  KubernetesManifest,
  NodeToAdd,
} from './cluster-backend.ts';

interface Running {
  cluster: ClusterToStart;
  readonly nodes: Map<string, NodeToAdd>;
  readonly objects: Map<string, KubernetesManifest>;
}

export interface InMemoryBackend extends ClusterBackend {
  nodeNames(clusterName: string): readonly string[];
  /** Keys of applied objects, as in `Deployment/kube-system/coredns`. */
  objectKeys(clusterName: string): readonly string[];
  running(): readonly string[];
}

export function inMemoryBackend(): InMemoryBackend {
  const clusters = new Map<string, Running>();
  const running = (name: string): Running => {
    const cluster = clusters.get(name);
    if (cluster === undefined) throw new Error(`cluster ${name} is not running`);
    return cluster;
  };

  return {
    start: async (cluster) => {
      clusters.set(cluster.name, { cluster, nodes: new Map(), objects: new Map() });
      const caData = Buffer.from(`certificate authority of ${cluster.name}`).toString('base64');
      return { endpoint: `https://${cluster.name}.in-memory.invalid`, caData };
    },
    setVersion: async (name, version) => {
      const known = running(name);
      known.cluster = { ...known.cluster, version };
    },
    addNodes: async (name, nodes) => {
      for (const node of nodes) running(name).nodes.set(node.name, node);
    },
    removeNodes: async (name, nodeNames) => {
      for (const nodeName of nodeNames) running(name).nodes.delete(nodeName);
    },
    apply: async (name, manifests) => {
      for (const manifest of manifests) running(name).objects.set(keyOf(manifest), manifest);
    },
    remove: async (name, manifests) => {
      for (const manifest of manifests) running(name).objects.delete(keyOf(manifest));
    },
    workloadHealth: async (name, { kind, namespace, name: workload }) => {
      const { objects, nodes } = running(name);
      if (!objects.has(`${kind}/${namespace}/${workload}`)) return undefined;
      const desired = kind === 'DaemonSet' ? nodes.size : 2;
      return { desired, available: nodes.size === 0 ? 0 : desired };
    },
    stop: async (name) => void clusters.delete(name),
    nodeNames: (name) => [...(clusters.get(name)?.nodes.keys() ?? [])],
    objectKeys: (name) => [...(clusters.get(name)?.objects.keys() ?? [])],
    running: () => [...clusters.keys()],
  };
}

const keyOf = ({ kind, metadata }: KubernetesManifest): string =>
  [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/');
