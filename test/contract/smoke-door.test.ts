import { albDoorUnderTest } from './alb-under-test.ts';
import { fakeDoorUnderTest } from './fake-under-test.ts';
import { ingressDoorUnderTest } from './ingress-under-test.ts';
import { smokeDoorContract } from './smoke-door.contract.ts';

smokeDoorContract('in memory', fakeDoorUnderTest);
smokeDoorContract('ALB, emulated', albDoorUnderTest);
smokeDoorContract('Ingress, emulated', ingressDoorUnderTest);
