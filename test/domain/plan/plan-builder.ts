/**
 * Plans for tests: the smallest right one, and changes to it by path. Only the fields that matter to a test are named.
 */
import { checkPlan, type MigrationPlan, type PlanProblem } from '#domain/plan/migration-plan.ts';

const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';

function ruleArn(index = 1): string {
  return `${ELB}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/${String(index).padStart(16, '0')}`;
}

export function targetGroupArn(colour: string, index = 1): string {
  return `${ELB}:targetgroup/shop-${colour}/${String(index).padStart(16, '0')}`;
}

export function route(index = 1): Record<string, unknown> {
  return {
    id: `route-${index}`,
    with: 'alb',
    rule: ruleArn(index),
    blue: targetGroupArn('blue', index),
    green: targetGroupArn('green', index),
  };
}

/** One on a listener of a Network Load Balancer. */
export function nlbRoute(index = 1) {
  const id = String(index).padStart(16, '0');
  return {
    id: `flows-${index}`,
    with: 'nlb',
    listener: `${ELB}:listener/net/flows/50dc6c495c0c9188/${id}`,
    blue: targetGroupArn('blue', index),
    green: targetGroupArn('green', index),
  };
}

/** One by a name in Route 53. */
export function nameRoute(index = 1) {
  const side = (colour: string) => ({
    loadBalancer: `${ELB}:loadbalancer/app/${colour}/${String(index).padStart(16, '0')}`,
    targetGroup: targetGroupArn(colour, index),
  });
  return {
    id: `name-${index}`,
    with: 'route53',
    zone: 'Z0123456789ABC',
    name: `shop-${index}.example.com`,
    blue: side('blue'),
    green: side('green'),
  };
}

/** A route by the Gateway API, on a cluster in front of both colours. */
export function gatewayRoute(index = 1): Record<string, unknown> {
  const side = (colour: 'blue' | 'green') => ({
    backend: { name: `web-${colour}`, port: 80 },
    targetGroup: targetGroupArn(colour, index),
  });
  return {
    id: `route-${index}`,
    with: 'gateway',
    httpRoute: `shop/web-${index}`,
    cluster: 'shop-edge',
    blue: side('blue'),
    green: side('green'),
  };
}

/** Every required field and nothing else. */
export function smallestPlan(): Record<string, unknown> {
  return {
    apiVersion: 'cutover/v1',
    kind: 'ClusterMigration',
    metadata: { name: 'shop' },
    spec: {
      access: { default: { account: '111122223333', region: 'eu-west-1' } },
      blue: { cluster: 'shop-blue' },
      green: { cluster: 'shop-green', version: '1.36' },
      workloads: { with: 'copy', namespaces: ['shop'] },
      traffic: { groups: [{ name: 'storefront', routes: [route()] }] },
      gates: { shift: { approvers: ['sre'] }, retire: { approvers: ['sre'] } },
    },
  };
}

/** The smallest plan with values set by dotted path; `undefined` removes the field. */
export function planWith(changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plan = smallestPlan();
  for (const [dotted, value] of Object.entries(changes)) {
    const keys = dotted.split('.');
    const last = keys.pop() ?? '';
    let target: unknown = plan;
    for (const key of keys) {
      if (isRecord(target) && target[key] === undefined) target[key] = {};
      target = isRecord(target) ? target[key] : undefined;
    }
    if (!isRecord(target)) throw new RangeError(`no such place in the plan: ${dotted}`);
    if (value === undefined) delete target[last];
    else target[last] = value;
  }
  return plan;
}

/** The plan it is. @throws where it is not a right one */
export function rightPlan(raw: unknown): MigrationPlan {
  const check = checkPlan(raw);
  if (check.kind === 'invalid') throw new RangeError(JSON.stringify(check.problems));
  return check.plan;
}

export function problemsOf(raw: unknown): readonly PlanProblem[] {
  const check = checkPlan(raw);
  return check.kind === 'invalid' ? check.problems : [];
}

/** `path: found`, for short expectations. */
export function summaryOf(raw: unknown): readonly string[] {
  return problemsOf(raw).map(({ path, found }) => `${path.join('.')}: ${found}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
