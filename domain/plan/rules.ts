/**
 * The cross-field rules, which hold between fields of a plan.
 *
 * Invariants: a rule reads the raw tree and judges whatever of its fields is right by itself, so it speaks up even when
 * other fields are wrong or missing; what the schema already reports, no rule reports again. Called by `check-plan.ts`.
 */
import { analysisRules } from './analysis-rules.ts';
import { gatewayRules } from './gateway-rules.ts';
import { ingressRules } from './ingress-rules.ts';
import { namingRules } from './naming-rules.ts';
import { physicsRules } from './physics-rules.ts';
import type { PlanProblem } from './problems.ts';
import { provisionRules } from './provision-rules.ts';
import { rollbackRules } from './rollback-rules.ts';
import { sourceRules } from './source-rules.ts';
import { trafficRules } from './traffic-rules.ts';

/** Every problem between fields. @param tree a copy made by `safeCopy` */
export function crossFieldProblems(tree: unknown): readonly PlanProblem[] {
  const rules = [
    namingRules,
    provisionRules,
    trafficRules,
    ingressRules,
    gatewayRules,
    analysisRules,
    sourceRules,
    rollbackRules,
    physicsRules,
  ];
  return rules.flatMap((some) => some.flatMap((rule) => rule(tree)));
}
