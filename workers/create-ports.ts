import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createAlbRouter } from '#activities/adapters/aws/alb-router.ts';
import { createAlbSmokeDoor } from '#activities/adapters/aws/alb-smoke-door.ts';
import { createAwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { createEksAccess } from '#activities/adapters/aws/eks-access.ts';
import { createEksAddons } from '#activities/adapters/aws/eks-addons.ts';
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import { createEksNodegroups } from '#activities/adapters/aws/eks-nodegroups.ts';
import { createNlbRouter } from '#activities/adapters/aws/nlb-router.ts';
import { noSmokeDoor } from '#activities/adapters/aws/no-smoke-door.ts';
import { createIamRoleTrust } from '#activities/adapters/aws/iam-role-trust.ts';
import { createIngressRouter } from '#activities/adapters/aws/ingress-router.ts';
import { createIngressSmokeDoor } from '#activities/adapters/aws/ingress-smoke-door.ts';
import { createRoute53Router } from '#activities/adapters/aws/route53-router.ts';
import { createRoute53SmokeDoor } from '#activities/adapters/aws/route53-smoke-door.ts';
import { createServiceQuotas } from '#activities/adapters/aws/service-quotas.ts';
import { createTargetGroups } from '#activities/adapters/aws/target-groups.ts';
import { createCapsules } from '#activities/adapters/capsules/capsules-by-place.ts';
import { createDnsAnswers } from '#activities/adapters/dns/dns-answers.ts';
import { createGatewayRouter } from '#activities/adapters/gateway/gateway-router.ts';
import { createGatewaySmokeDoor } from '#activities/adapters/gateway/gateway-smoke-door.ts';
import { createHttpProbe } from '#activities/adapters/http/http-probe.ts';
import { createEksKubernetes } from '#activities/adapters/kubernetes/eks-kubernetes.ts';
import { createKroProvisioner } from '#activities/adapters/kro/kro-provisioner.ts';
import { helmReleases } from '#activities/adapters/manifests/helm-releases.ts';
import { createCloudWatchAlarms } from '#activities/adapters/metrics/cloudwatch-alarms.ts';
import { createLoadBalancerMetrics } from '#activities/adapters/metrics/cloudwatch-load-balancers.ts';
import { createCloudWatchMetrics } from '#activities/adapters/metrics/cloudwatch-metrics.ts';
import { metricsByKind } from '#activities/adapters/metrics/metrics-by-kind.ts';
import { createPrometheusApi } from '#activities/adapters/metrics/prometheus-api.ts';
import { createPrometheusMetrics } from '#activities/adapters/metrics/prometheus-metrics.ts';
import { createPromql } from '#activities/adapters/metrics/prometheus-moments.ts';
import { createNotifier } from '#activities/adapters/notify/notifier.ts';
import { createEksProvisioner } from '#activities/adapters/provision/eks-provisioner.ts';
import { provisionerByWay } from '#activities/adapters/provision/provisioner-by-way.ts';
import { podToken } from '#activities/adapters/surroundings/pod-token.ts';
import { probeProgram } from '#activities/adapters/surroundings/probe-program.ts';
import { runs } from '#activities/adapters/temporal/runs.ts';
import { settledWindows } from '#activities/adapters/metrics/settled-windows.ts';
import { routerByKind, smokeDoorByKind } from '#activities/adapters/routes-by-kind.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { Ports } from '#activities/ports/ports.ts';

/** The real world behind the ports; `close` frees every connection. */
export function createPorts(parts: {
  readonly logger: Logger;
  /** Secrets of the worker's environment by name. @default none */
  readonly tokens?: ReadonlyMap<string, string>;
  /** Of capsules whose plan names no directory. */
  readonly capsulesDirectory: string;
  /** Servers to ask for authoritative answers instead of the zones' own. @default the zones' own */
  readonly dnsServers?: readonly string[] | undefined;
  /** Hosts that URLs of plans may name. @default any */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Tokens that a pod gets AWS roles with. @default none */
  readonly roleTokenFiles?: readonly string[];
}): {
  readonly ports: Ports;
  readonly close: () => Promise<void>;
} {
  const clients = createAwsClients();
  const kubernetes = createEksKubernetes({ clients, clock });
  const cloudWatch = createCloudWatchMetrics({ clients });
  const clusters = createEksClusters({ clients });
  const nodegroups = createEksNodegroups({ clients });
  const eks = createEksProvisioner({ clusters, nodegroups });
  const { tokens = new Map<string, string>(), roleTokenFiles = [] } = parts;
  const outbound = { allowedHosts: parts.allowedHosts };
  const prometheus = createPrometheusApi({ tokenOf: (name) => tokens.get(name), outbound });
  const notifier = createNotifier({ log: parts.logger, outbound });
  return {
    ports: {
      clusters,
      nodegroups,
      provisioner: provisionerByWay({
        eks,
        kro: createKroProvisioner({ clients, clusters, kubernetes, eks }),
      }),
      addons: createEksAddons({ clients }),
      clusterAccess: createEksAccess({ clients }),
      quotas: createServiceQuotas({ clients, clock }),
      roleTrust: createIamRoleTrust({ clients, tokens: kubernetes, clock }),
      router: routerByKind({
        alb: createAlbRouter({ clients, clock }),
        ingress: createIngressRouter({ clients, kubernetes, clock }),
        nlb: createNlbRouter({ clients, clock }),
        route53: createRoute53Router({ clients, clock }),
        gateway: createGatewayRouter({ clients, kubernetes, clock }),
      }),
      smokeDoor: smokeDoorByKind({
        alb: createAlbSmokeDoor({ clients }),
        ingress: createIngressSmokeDoor({ clients, kubernetes, clock }),
        nlb: noSmokeDoor(),
        route53: createRoute53SmokeDoor(),
        gateway: createGatewaySmokeDoor({ clients, kubernetes, clock }),
      }),
      dnsAnswers: createDnsAnswers({ clock, servers: parts.dnsServers }),
      capsules: createCapsules({ clients, directory: parts.capsulesDirectory }),
      targetGroups: createTargetGroups({ clients }),
      trafficMetrics: metricsByKind({
        cloudwatch: cloudWatch,
        'cloudwatch-alb': settledWindows(cloudWatch, clock),
        prometheus: createPrometheusMetrics({ prometheus }),
      }),
      loadBalancerMetrics: createLoadBalancerMetrics({ clients }),
      alarms: createCloudWatchAlarms({ clients }),
      promql: createPromql({ prometheus }),
      kubernetes,
      helm: helmReleases,
      httpProbe: createHttpProbe(outbound),
      notifier,
      runs,
      surroundings: { ...podToken(roleTokenFiles), ...probeProgram() },
      clock,
    },
    close: async () => {
      await kubernetes.close();
      await prometheus.close();
      await notifier.close();
      clients.close();
    },
  };
}

const clock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal });
  },
  limit: (ms) => AbortSignal.timeout(ms),
  secret: () => randomBytes(24).toString('hex'),
};
