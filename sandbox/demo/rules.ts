/** What the load balancer's API says of the shop's rules, and what it was ever told, for "byte-identical" and "never". */
import {
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { outputOf } from '#sandbox/aws/core/audit.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import type { Sandbox } from '#sandbox/world/sandbox.ts';

/** All rules of the listener that users meet, as JSON text in the API's own order. */
export async function readRules(
  client: ElasticLoadBalancingV2Client,
  { frontDoorListenerArn }: Pick<Sandbox, 'frontDoorListenerArn'>,
): Promise<string> {
  const { Rules } = await client.send(
    new DescribeRulesCommand({ ListenerArn: frontDoorListenerArn }),
  );
  return JSON.stringify(Rules);
}

const modification = z.object({
  RuleArn: z.string(),
  Actions: z.array(
    z.object({
      ForwardConfig: z
        .object({
          TargetGroups: z.array(
            z.object({ TargetGroupArn: z.string(), Weight: z.number().default(1) }),
          ),
          TargetGroupStickinessConfig: z.object({ Enabled: z.boolean().default(false) }).optional(),
        })
        .optional(),
    }),
  ),
});

/** Green's share as one accepted ModifyRule of a rule that users meet set it. */
export interface WeightChange {
  /** When the API had accepted it, epoch milliseconds. */
  readonly atMs: number;
  readonly greenPercent: number;
  /** Can a session stick to a target group by this action? */
  readonly sticks: boolean;
}

/** Every weight that users' rules were ever given, oldest first; from the emulator's audit, whoever set it. */
export function weightChanges({
  aws,
  frontDoorListenerArn,
}: Pick<Sandbox, 'aws' | 'frontDoorListenerArn'>): readonly WeightChange[] {
  const rules = `${frontDoorListenerArn.replace(':listener/', ':listener-rule/')}/`;
  return aws.audit.entries({ operation: 'ModifyRule' }).flatMap(({ at, input, result }) => {
    const parsed = modification.safeParse(input);
    if (outputOf(result) === undefined || !parsed.success || !parsed.data.RuleArn.startsWith(rules))
      return [];
    const sticks = parsed.data.Actions.some(
      ({ ForwardConfig }) => ForwardConfig?.TargetGroupStickinessConfig?.Enabled === true,
    );
    return [{ atMs: Date.parse(at), greenPercent: greenPercentOf(parsed.data), sticks }];
  });
}

function greenPercentOf({ Actions }: z.infer<typeof modification>): number {
  const groups = Actions.flatMap(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? []);
  const weightOf = (arn: string): number =>
    groups
      .filter(({ TargetGroupArn }) => TargetGroupArn === arn)
      .reduce((sum, { Weight }) => sum + Weight, 0);
  const green = weightOf(SHOP_FRONT_DOOR.greenTargetGroupArn);
  const all = groups.reduce((sum, { Weight }) => sum + Weight, 0);
  return all === 0 ? 0 : (100 * green) / all;
}
