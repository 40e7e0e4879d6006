import { albRouterUnderTest } from './alb-under-test.ts';
import { fakeRouterUnderTest } from './fake-under-test.ts';
import { trafficRouterContract } from './traffic-router.contract.ts';

trafficRouterContract('in memory', fakeRouterUnderTest);
trafficRouterContract('ALB, emulated', albRouterUnderTest);
