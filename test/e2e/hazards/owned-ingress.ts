/** A load balancer that blue's own controller makes of an Ingress, which Argo CD writes. */
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  paginateDescribeLoadBalancers,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SECURITY_GROUPS, SUBNETS } from '#sandbox/aws/seed.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import type { PlanRoute } from './load-balancers.ts';
import { write } from './objects.ts';
import { until, type World } from './world.ts';

const NAME = 'harbour-door';

interface OwnedIngress {
  readonly loadBalancerArn: string;
  /** That its controller made. */
  readonly blueTargetGroupArn: string;
  /** The same place in both kinds of route, without green. */
  readonly asIngress: PlanRoute;
  readonly asRule: PlanRoute;
}

export async function makeOwnedIngress(world: World): Promise<OwnedIngress> {
  const settings = {
    scheme: 'internet-facing',
    'target-type': 'ip',
    'listen-ports': JSON.stringify([{ HTTP: await freePort() }]),
    subnets: SUBNETS.map(({ subnetId }) => subnetId).join(','),
    'security-groups': SECURITY_GROUPS.loadBalancer,
    'healthcheck-path': '/healthz',
  };
  const backend = { service: { name: 'web', port: { name: 'http' } } };
  await write(world.blue, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    plural: 'ingresses',
    name: NAME,
    labels: { 'argocd.argoproj.io/instance': 'shop' },
    annotations: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`alb.ingress.kubernetes.io/${name}`, value]),
    ),
    rest: {
      spec: {
        ingressClassName: 'alb',
        rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
    },
  });
  return until("blue's controller to have made its load balancer", async () => found(world));
}

async function found({ elb }: World): Promise<OwnedIngress | undefined> {
  for await (const { LoadBalancers = [] } of paginateDescribeLoadBalancers({ client: elb }, {}))
    for (const { LoadBalancerArn = '' } of LoadBalancers) {
      const { TagDescriptions } = await elb.send(
        new DescribeTagsCommand({ ResourceArns: [LoadBalancerArn] }),
      );
      const isMade = TagDescriptions?.[0]?.Tags?.some(({ Value }) => Value === `shop/${NAME}`);
      if (isMade !== true) continue;
      const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
      const [{ ListenerArn } = {}] = Listeners ?? [];
      if (ListenerArn === undefined) return undefined;
      const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
      const rule = Rules.find(({ Actions }) => Actions?.[0]?.Type === 'forward');
      const [tuple] = rule?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
      if (rule?.RuleArn === undefined || tuple?.TargetGroupArn === undefined) return undefined;
      const blue = tuple.TargetGroupArn;
      return {
        loadBalancerArn: LoadBalancerArn,
        blueTargetGroupArn: blue,
        asIngress: { with: 'ingress', ingress: `shop/${NAME}`, service: 'web' },
        asRule: { with: 'alb', rule: rule.RuleArn, blue },
      };
    }
  return undefined;
}
