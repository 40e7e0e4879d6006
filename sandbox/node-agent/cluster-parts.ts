/**
 * What of the cluster's own parts works now, read off their pods: a pod gets an address where the CNI's pod on its node is ready, a
 * Service's address leads somewhere where kube-proxy's is, names have answers while the DNS Service has ready endpoints.
 */
import type { AdminClient } from '../kubernetes/admin-client.ts';
import { hasCondition } from '../kubernetes/resources.ts';
import { agentPods, agentServices, endpointSlices } from './agent-resources.ts';

const SYSTEM = 'kube-system';
const NAME_LABEL = 'app.kubernetes.io/name';
const DNS_SERVICE = 'kube-dns';

export interface ClusterParts {
  /** Is the part's pod on that node ready? @param name such as `aws-node`, `kube-proxy` */
  runsOn(name: string, nodeName: string): Promise<boolean>;
  /** Is any pod of it ready, wherever? */
  runs(name: string): Promise<boolean>;
  /** Ready endpoints of a Service. */
  endpointsOf(namespace: string, service: string): Promise<readonly string[]>;
  /** A Service by its address. */
  serviceAt(
    clusterIp: string,
  ): Promise<{ readonly namespace: string; readonly name: string } | undefined>;
  /** A Service's own address by name; undefined where there is no such Service. */
  addressOf(namespace: string, service: string): Promise<string | undefined>;
  /** Does whoever asks the cluster's name server get an answer? */
  answersNames(): Promise<boolean>;
}

export function clusterParts(client: AdminClient): ClusterParts {
  const readyPods = async (name: string) => {
    const scope = { namespace: SYSTEM, labelSelector: `${NAME_LABEL}=${name}` };
    const { items } = await client.list(agentPods, scope);
    return items.filter((pod) => hasCondition(pod, 'Ready'));
  };
  const endpointsOf: ClusterParts['endpointsOf'] = async (namespace, service) => {
    const scope = { namespace, labelSelector: `kubernetes.io/service-name=${service}` };
    const { items } = await client.list(endpointSlices, scope);
    return items
      .flatMap(({ endpoints }) => endpoints)
      .filter(({ conditions }) => conditions?.ready === true)
      .flatMap(({ addresses }) => addresses);
  };
  return {
    runsOn: async (name, nodeName) =>
      (await readyPods(name)).some(({ spec }) => spec.nodeName === nodeName),
    runs: async (name) => (await readyPods(name)).length > 0,
    endpointsOf,
    serviceAt: async (clusterIp) => {
      const { items } = await client.list(agentServices);
      const found = items.find(({ spec }) => spec.clusterIP === clusterIp);
      return found === undefined
        ? undefined
        : { namespace: found.metadata.namespace ?? '', name: found.metadata.name };
    },
    addressOf: async (namespace, name) =>
      (await client.get(agentServices, { namespace, name }))?.spec.clusterIP,
    answersNames: async () => (await endpointsOf(SYSTEM, DNS_SERVICE)).length > 0,
  };
}
