import { albTargetGroupsUnderTest } from './alb-under-test.ts';
import { fakeTargetGroupsUnderTest } from './fake-under-test.ts';
import { targetGroupsContract } from './target-groups.contract.ts';

targetGroupsContract('in memory', fakeTargetGroupsUnderTest);
targetGroupsContract('ALB, emulated', albTargetGroupsUnderTest);
