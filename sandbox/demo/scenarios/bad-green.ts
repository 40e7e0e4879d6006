import type { Scenario } from '../scenario.ts';
import { shortOfRolledBack } from './rolled-back.ts';

/** Share of green's answers that fail once it has users. */
const ERROR_RATE = 0.3;

/** Green looks well to every check and fails its users. */
export const badGreen: Scenario = {
  name: 'bad-green',
  tells: `Green passes every test and then answers ${ERROR_RATE * 100} % of its users' requests with 503. The guard must notice and bring everybody back.`,
  exitCode: 4,
  prepare: ({ shop }) => shop.setFaults([{ cluster: 'shop-green', status: 503, rate: ERROR_RATE }]),
  decide: () => 'approve',
  check: shortOfRolledBack,
};
