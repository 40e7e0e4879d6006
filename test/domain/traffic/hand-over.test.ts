import { describeHandOver, handOverOf } from '#domain/traffic/hand-over.ts';
import type { ResolvedRoute } from '#domain/migration/resolved.ts';
import { AT, resolvedWith } from '#test/domain/states.ts';

const committed = { at: AT };
const [WEB] = resolvedWith(['web']).routes;

function handedOver(changes: Partial<Pick<ResolvedRoute, 'stickySeconds' | 'weightsOwner'>>) {
  if (WEB === undefined) throw new Error('no route');
  const route = { ...WEB, ...changes };
  return handOverOf({ committed, resolved: { ...resolvedWith([]), routes: [route] } })[0];
}

describe('what the owners of routes must change', () => {
  it('is nothing before commit: until then rules are as their owners wrote them, or will be again', () => {
    expect(handOverOf({ committed: null, resolved: resolvedWith(['web']) })).toEqual([]);
    expect(handOverOf({ committed, resolved: null })).toEqual([]);
  });

  it('is, for a rule, the action in place and its name in the owner’s files', () => {
    expect(handedOver({})).toEqual({
      routeId: 'web',
      resource: 'rule-web',
      owner: null,
      inPlace: {
        Type: 'forward',
        ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'green-web', Weight: 1 }] },
      },
      changes: [
        {
          tool: 'Terraform',
          change:
            'set action of the aws_lb_listener_rule to forward to green-web alone, or ignore_changes = [action]',
        },
        {
          tool: 'CloudFormation',
          change:
            'set Actions of the AWS::ElasticLoadBalancingV2::ListenerRule to forward to green-web alone before the next update of the stack',
        },
      ],
      sentence:
        'route web, rule-web: set action of the aws_lb_listener_rule to forward to green-web alone, or ignore_changes = [action]; else the next apply points at blue',
    });
  });

  it('keeps the stickiness that the rule had', () => {
    expect(handedOver({ stickySeconds: 60 })?.inPlace).toMatchObject({
      ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } },
    });
  });

  it('is, for an HTTPRoute, the backend that its rules must name', () => {
    const place = {
      with: 'gateway',
      namespace: 'shop',
      httpRoute: 'web',
      blueBackend: { group: '', kind: 'Service', name: 'web-blue', port: 80 },
      greenBackend: { group: '', kind: 'Service', name: 'web-green', port: 80 },
      rules: [],
      greenLoadBalancerArn: 'green-alb',
    } as const;
    const routes = WEB === undefined ? [] : [{ ...WEB, ...place }];
    const resolved = { ...resolvedWith([]), routes };

    expect(handOverOf({ committed, resolved })).toMatchObject([
      {
        resource: 'HTTPRoute shop/web',
        inPlace: { backendRefs: [{ kind: 'Service', name: 'web-green', port: 80, weight: 1 }] },
        sentence:
          "route web, HTTPRoute shop/web: let spec.rules[].backendRefs of HTTPRoute shop/web name Service web-green where they named blue's backend; else the next apply points at blue",
      },
    ]);
  });

  it('names the owner that tags tell, in the words of its tool', () => {
    const weightsOwner = { tool: 'CloudFormation', tag: 'aws:…=shop', of: 'route' } as const;

    expect(handedOver({ weightsOwner })).toMatchObject({
      owner: 'CloudFormation (tag aws:…=shop)',
      sentence: expect.stringContaining('before the next update of the stack'),
    });
  });

  it('fits a notice, however many routes there are', () => {
    const routeIds = Array.from({ length: 250 }, (_, index) => `route-${index}`);
    const all = handOverOf({ committed, resolved: resolvedWith(routeIds) });
    const text = describeHandOver(all, 'migrate/x');

    expect(text).toContain('and 245 more: cutover status migrate/x -o json');
    expect(text.length).toBeLessThan(2_000);
    expect(describeHandOver([], 'migrate/x')).toBe('');
  });
});
