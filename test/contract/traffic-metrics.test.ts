import {
  albMetricsUnderTest,
  customMetricsUnderTest,
  fakeMetricsUnderTest,
} from './metrics-under-test.ts';
import { prometheusUnderTest } from './prometheus-under-test.ts';
import { trafficMetricsContract } from './traffic-metrics.contract.ts';

trafficMetricsContract('in memory', fakeMetricsUnderTest);
trafficMetricsContract("CloudWatch, emulated, the application's own", customMetricsUnderTest);
trafficMetricsContract("CloudWatch, emulated, the load balancer's", albMetricsUnderTest);
trafficMetricsContract('a real Prometheus', prometheusUnderTest);
