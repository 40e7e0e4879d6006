import { SET_UP_TIMEOUT_MS } from './kubernetes-under-test.ts';
import { roleTrustContract } from './role-trust.contract.ts';
import {
  fakeRoleTrustUnderTest,
  lightRoleTrustUnderTest,
  realRoleTrustUnderTest,
} from './role-trust-under-test.ts';

roleTrustContract('in memory', fakeRoleTrustUnderTest);
roleTrustContract('IAM and STS, emulated, light cluster', lightRoleTrustUnderTest);
roleTrustContract(
  'IAM and STS, emulated, real API server',
  realRoleTrustUnderTest,
  SET_UP_TIMEOUT_MS,
);
