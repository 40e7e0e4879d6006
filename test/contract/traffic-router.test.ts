import { albRouterUnderTest } from './alb-under-test.ts';
import {
  fakeGatewayRoute,
  fakeIngressRoute,
  fakeNameRoute,
  fakeNlbRoute,
} from '#test/fakes/fake-plan.ts';
import { fakeRouterUnderTest } from './fake-under-test.ts';
import { ingressRouterUnderTest } from './ingress-under-test.ts';
import { nlbRouterUnderTest } from './nlb-under-test.ts';
import { route53RouterUnderTest } from './route53-under-test.ts';
import { trafficRouterContract } from './traffic-router.contract.ts';

trafficRouterContract('ALB, in memory', () => fakeRouterUnderTest(), 'held');
trafficRouterContract('ALB, emulated', albRouterUnderTest, 'held');
trafficRouterContract('NLB, in memory', () => fakeRouterUnderTest(fakeNlbRoute('web')), 'refused');
trafficRouterContract('NLB, emulated', () => nlbRouterUnderTest(), 'none');
trafficRouterContract(
  'Ingress, in memory',
  () => fakeRouterUnderTest(fakeIngressRoute('web')),
  'held',
);
trafficRouterContract('Ingress, emulated', ingressRouterUnderTest, 'held');
trafficRouterContract(
  'Route 53, in memory',
  () => fakeRouterUnderTest(fakeNameRoute('web')),
  'none',
);
trafficRouterContract('Route 53, emulated', () => route53RouterUnderTest(), 'none', 'told');
trafficRouterContract(
  'HTTPRoute, in memory',
  () => fakeRouterUnderTest(fakeGatewayRoute('web')),
  'refused',
);
