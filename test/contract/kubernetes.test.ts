import { kubernetesContract } from './kubernetes.contract.ts';
import {
  eksKubernetesUnderTest,
  fakeKubernetesUnderTest,
  lightKubernetesUnderTest,
  SET_UP_TIMEOUT_MS,
} from './kubernetes-under-test.ts';

kubernetesContract('in memory', fakeKubernetesUnderTest);
kubernetesContract('EKS token, light cluster', lightKubernetesUnderTest, SET_UP_TIMEOUT_MS);
kubernetesContract('EKS token, real API server', eksKubernetesUnderTest, SET_UP_TIMEOUT_MS);
