import { array, assert, property, stringMatching, tuple } from 'fast-check';
import { checkPlan } from '#domain/plan/migration-plan.ts';
import { draftPlan, type PlanDraft } from '#domain/plan-draft/draft-plan.ts';
import { UNANSWERED } from '#domain/plan-draft/unanswered.ts';
import { inventoryIn } from '#clients/init/read-inventory.ts';
import { ELB, foundRoute as found, inventoryOf as inventory } from './inventories.ts';

const CHOICE = { version: '1.36', green: 'shop-green' };
/** What people would make of it. */
function answered({ plan }: PlanDraft): unknown {
  let greens = 0;
  const text = JSON.stringify(plan, (key, value: unknown) => {
    if (key === 'approvers') return ['sre'];
    if (value !== UNANSWERED) return value;
    greens += 1;
    return `${ELB}:targetgroup/green-${greens}/73e2d6bc24d8a0${String(greens).padStart(2, '0')}`;
  });
  return JSON.parse(text);
}

describe('a draft', () => {
  it('is no plan while a question is open', () => {
    expect(checkPlan(draftPlan(inventory(), CHOICE).plan).kind).toBe('invalid');
  });

  it('is a plan when its questions are answered', () => {
    expect(checkPlan(answered(draftPlan(inventory(), CHOICE)))).toMatchObject({ kind: 'valid' });
  });

  it('puts services of one namespace into one group, each route with a name of its own', () => {
    const blueTargetGroupArn = (name: string): string =>
      `${ELB}:targetgroup/${name}/6d0ecf831eec9f09`;
    const rule = (id: string): string =>
      `${ELB}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/${id}`;
    const draft = draftPlan(
      inventory({
        namespaces: ['pay', 'shop'],
        routes: [
          found(),
          found({ place: rule('aaaaaaaaaaaaaaa1'), matches: 'host a' }),
          found({
            service: 'pay/web',
            place: rule('aaaaaaaaaaaaaaa2'),
            blueTargetGroupArn: blueTargetGroupArn('pay'),
          }),
        ],
      }),
      CHOICE,
    );

    expect(checkPlan(answered(draft))).toMatchObject({
      kind: 'valid',
      plan: {
        spec: {
          traffic: {
            groups: [
              { name: 'pay', routes: [{ id: 'web' }] },
              { name: 'shop', routes: [{ id: 'shop-web' }, { id: expect.any(String) }] },
            ],
          },
        },
      },
    });
  });

  it('of an Ingress and of a Network Load Balancer names them in their own way', () => {
    const routes = [
      found({ with: 'ingress', ingress: 'shop/storefront' }),
      found({
        with: 'nlb',
        service: 'shop/queue',
        place: `${ELB}:listener/net/queue/50dc6c495c0c9188/f2f7dc8efc522ab2`,
        blueTargetGroupArn: `${ELB}:targetgroup/queue/6d0ecf831eec9f09`,
      }),
    ];

    expect(checkPlan(answered(draftPlan(inventory({ routes }), CHOICE)))).toMatchObject({
      kind: 'valid',
    });
  });

  it('leaves out what cannot be moved as it is, and says why', () => {
    const routes = [found(), found({ obstacles: ['it forwards to 2 target groups already'] })];
    const { plan, remarks } = draftPlan(inventory({ routes }), CHOICE);

    expect(JSON.stringify(plan).split('"alb","rule"')).toHaveLength(2);
    expect(remarks.map(({ text }) => text).join('\n')).toMatch(
      /left out: shop: path \/\* → shop\/web: it forwards to 2/u,
    );
  });

  it('asks where users come in, and what moves, when nothing was found', () => {
    const { questions } = draftPlan(inventory({ routes: [], namespaces: [] }), CHOICE);

    expect(questions.map(({ path }) => path.join('.'))).toEqual([
      'spec.workloads.namespaces',
      'spec.traffic.groups',
      'spec.gates.shift.approvers',
      'spec.gates.retire.approvers',
    ]);
  });

  it('says who else writes weights, what data stays behind, and what could not be read', () => {
    const { remarks } = draftPlan(
      inventory({
        routes: [found({ weightsOwner: 'Terraform (tag terraform=true)' })],
        stateful: ['shop/orders-db'],
        unread: ['leases: you may not'],
      }),
      CHOICE,
    );
    const text = remarks.map((remark) => remark.text).join('\n');

    expect(text).toContain('Terraform (tag terraform=true) writes it too');
    expect(text).toContain('their data does not move with them: shop/orders-db');
    expect(text).toContain('could not be read: leases: you may not');
  });

  it('gives every route an id that a plan takes, whatever services are called', () => {
    const name = stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u);
    assert(
      property(array(tuple(name, name), { minLength: 1, maxLength: 12 }), (services) => {
        const routes = services.map(([namespace, service], index) =>
          found({
            service: `${namespace}/${service}`,
            place: `${ELB}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/${String(index).padStart(16, 'a')}`,
            blueTargetGroupArn: `${ELB}:targetgroup/blue-${index}/6d0ecf831eec9f09`,
          }),
        );
        const draft = draftPlan(inventory({ routes }), CHOICE);
        const checked = checkPlan(answered(draft));
        expect(checked.kind === 'invalid' ? checked.problems : []).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an inventory', () => {
  it('is read back as it was printed', () => {
    expect(inventoryIn(JSON.stringify(inventory()))).toEqual(inventory());
  });

  it.each(['', 'null', '{}', '[1]', '{"cluster":{}}'])('is nothing in %j', (text) => {
    expect(inventoryIn(text)).toBeNull();
  });
});
