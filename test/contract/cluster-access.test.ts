import { clusterAccessContract } from './cluster-access.contract.ts';
import { emulatedEksUnderTest, fakeEksUnderTest } from './eks-under-test.ts';

clusterAccessContract('in memory', fakeEksUnderTest);
clusterAccessContract('EKS, emulated', emulatedEksUnderTest);
