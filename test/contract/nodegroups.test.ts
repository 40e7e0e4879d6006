import { nodegroupsContract } from './nodegroups.contract.ts';
import { emulatedEksUnderTest, fakeEksUnderTest } from './eks-under-test.ts';

nodegroupsContract('in memory', fakeEksUnderTest);
nodegroupsContract('EKS, emulated', emulatedEksUnderTest);
