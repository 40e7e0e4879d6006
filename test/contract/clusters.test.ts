import { clustersContract } from './clusters.contract.ts';
import { emulatedEksUnderTest, fakeEksUnderTest } from './eks-under-test.ts';

clustersContract('in memory', fakeEksUnderTest);
clustersContract('EKS, emulated', emulatedEksUnderTest);
