import { SET_UP_TIMEOUT_MS } from './kubernetes-under-test.ts';
import { provisionerContract } from './provisioner.contract.ts';
import {
  eksGround,
  fakeProvisionerUnderTest,
  hubGround,
  provisionerUnderTest,
  WITH_EKS,
  WITH_KRO,
  type ProvisionerGround,
} from './provisioner-under-test.ts';

provisionerContract('EKS, in memory', async () => fakeProvisionerUnderTest(WITH_EKS));
provisionerContract('kro, in memory', async () => fakeProvisionerUnderTest(WITH_KRO));

describe('on one ground', () => {
  let ground: ProvisionerGround;
  beforeAll(async () => {
    ground = await eksGround();
  }, SET_UP_TIMEOUT_MS);
  afterAll(async () => ground.stop());

  provisionerContract('EKS, emulated', async () => provisionerUnderTest(ground));
});

describe('on one hub', () => {
  let ground: ProvisionerGround;
  beforeAll(async () => {
    ground = await hubGround();
  }, SET_UP_TIMEOUT_MS);
  afterAll(async () => ground.stop());

  provisionerContract('the real kro, EKS emulated', async () => provisionerUnderTest(ground));
});
