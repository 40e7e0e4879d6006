import {
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import type { Sandbox } from '#sandbox/world/sandbox.ts';
import { GREEN } from '../figures.ts';
import type { Scenario } from '../scenario.ts';
import { withBake } from './changed-plan.ts';
import { shortOfRolledBack } from './rolled-back.ts';

/** Users that keep their cookies; each asks every few seconds. */
const SESSIONS = 600;
/** Hours where sessions are real; a session may not outlast a bake, or no step would be seen whole. */
const STICKY_SECONDS = 30;
const BEGINS_AT_PERCENT = 25;
const ERROR_RATE = 0.3;

/** Sessions stick to the side they met, and the side fails. */
export const sticky: Scenario = {
  name: 'sticky',
  tells: `Sessions stick to their side for ${STICKY_SECONDS} s, so shares follow weights slowly. At ${BEGINS_AT_PERCENT} % green fails ${ERROR_RATE * 100} % of its requests: its sessions must leave it at once, although their cookies still name it.`,
  exitCode: 4,
  world: { sessions: SESSIONS },
  plan: (plan) => withBake(plan, STICKY_SECONDS),
  prepare: letSessionsStick,
  meanwhile: async (stage) => {
    await stage.untilSeen(BEGINS_AT_PERCENT);
    await stage.sandbox.shop.setFaults([{ cluster: GREEN, status: 503, rate: ERROR_RATE }]);
    stage.troubleBegins();
    stage.say(`  green fails ${ERROR_RATE * 100} % of its requests from now on`);
  },
  decide: () => 'approve',
  check: (report) => {
    const seconds = report.rollback?.restoredSeconds ?? Number.POSITIVE_INFINITY;
    return [
      ...shortOfRolledBack(report),
      ...(seconds < STICKY_SECONDS
        ? []
        : [`green had users for ${seconds} s: sessions were waited for, not brought back`]),
    ];
  },
};

async function letSessionsStick({ aws }: Sandbox): Promise<void> {
  const client = new ElasticLoadBalancingV2Client({
    endpoint: aws.url,
    region: REGION,
    credentials: SANDBOX_CREDENTIALS,
  });
  try {
    await client.send(
      new ModifyRuleCommand({
        RuleArn: SHOP_FRONT_DOOR.ruleArn,
        Actions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [{ TargetGroupArn: SHOP_FRONT_DOOR.blueTargetGroupArn, Weight: 1 }],
              TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: STICKY_SECONDS },
            },
          },
        ],
      }),
    );
  } finally {
    client.destroy();
  }
}
