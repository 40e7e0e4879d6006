/** Weights of a case's rules: written by a stranger, and when the engine's own writes were accepted. */
import {
  DescribeRulesCommand,
  ModifyRuleCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import type { AuditEntry } from '#sandbox/aws/core/audit.ts';
import type { World } from './world.ts';

/** One rule and what it forwards to. */
export interface RoutePlace {
  readonly ruleArn: string;
  readonly blueTargetGroupArn: string;
  readonly greenTargetGroupArn: string;
}

/** Somebody who is not Cutover gives green this share, in one write. */
export async function editRule(
  elbv2: ElasticLoadBalancingV2Client,
  place: RoutePlace,
  percent: number,
): Promise<void> {
  const { ruleArn, blueTargetGroupArn, greenTargetGroupArn } = place;
  const { Rules } = await elbv2.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
  const [action] = Rules?.[0]?.Actions ?? [];
  await elbv2.send(
    new ModifyRuleCommand({
      RuleArn: ruleArn,
      Actions: [
        {
          ...action,
          Type: 'forward',
          ForwardConfig: {
            ...action?.ForwardConfig,
            TargetGroups: [
              { TargetGroupArn: blueTargetGroupArn, Weight: 100 - percent },
              { TargetGroupArn: greenTargetGroupArn, Weight: percent },
            ],
          },
        },
      ],
    }),
  );
}

const writeSchema = z.object({
  RuleArn: z.string(),
  Actions: z.array(
    z.object({
      ForwardConfig: z.object({
        TargetGroups: z.array(
          z.object({ TargetGroupArn: z.string(), Weight: z.number().optional() }),
        ),
      }),
    }),
  ),
});

/** What one accepted call wrote on a rule: weights by target group; null for every other call. */
export function writtenOn({ operation, input, result }: AuditEntry): {
  readonly ruleArn: string;
  readonly weights: ReadonlyMap<string, number>;
} | null {
  if (operation !== 'ModifyRule' || result.kind !== 'ok') return null;
  const write = writeSchema.safeParse(input);
  if (!write.success) return null;
  const { RuleArn: ruleArn, Actions } = write.data;
  const groups = Actions.flatMap(({ ForwardConfig }) => ForwardConfig.TargetGroups);
  const weights = groups.map(({ TargetGroupArn, Weight = 0 }) => [TargetGroupArn, Weight] as const);
  return { ruleArn, weights: new Map(weights) };
}

/** When the API had accepted the first write that gives green nothing. */
export function weightsBackMs(
  { aws }: Pick<World, 'aws'>,
  place: RoutePlace,
  fromMs: number,
): number | null {
  const entry = aws.audit.entries({ operation: 'ModifyRule' }).find((one) => {
    const written = writtenOn(one);
    if (written?.ruleArn !== place.ruleArn || Date.parse(one.at) < fromMs) return false;
    return (written.weights.get(place.greenTargetGroupArn) ?? 0) === 0;
  });
  return entry === undefined ? null : Date.parse(entry.at);
}
