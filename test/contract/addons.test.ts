import { addonsContract } from './addons.contract.ts';
import { emulatedEksUnderTest, fakeEksUnderTest } from './eks-under-test.ts';

addonsContract('in memory', fakeEksUnderTest);
addonsContract('EKS, emulated', emulatedEksUnderTest);
