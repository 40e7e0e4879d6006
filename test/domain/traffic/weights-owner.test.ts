import { askOwner, weightsFieldOf, weightsOwner } from '#domain/traffic/weights-owner.ts';

const NONE = {};

describe('who else writes a route’s weights', () => {
  it.each([
    [{ 'aws:cloudformation:stack-name': 'shop' }, 'CloudFormation'],
    [{ 'managed-by': 'terraform' }, 'Terraform'],
    [{ ManagedBy: 'Terraform Cloud' }, 'Terraform'],
    [{ Terraform: 'true' }, 'Terraform'],
    [{ 'terraform:workspace': 'prod' }, 'Terraform'],
    [{ 'app.kubernetes.io/managed-by': 'crossplane' }, 'Crossplane'],
    [{ provisioner: 'opentofu' }, 'OpenTofu'],
    [{ 'pulumi:project': 'shop' }, 'Pulumi'],
    [{ 'created-by': 'aws-cdk' }, 'CloudFormation'],
  ])('is told by the tags %j: %s', (route, tool) => {
    const [[key, value] = ['', '']] = Object.entries(route);

    expect(weightsOwner({ route, loadBalancer: NONE })).toEqual({
      tool,
      tag: `${key}=${value}`,
      of: 'route',
    });
  });

  it.each([
    [{}],
    [{ team: 'platform' }],
    [{ team: 'terraform' }],
    [{ Terraform: 'false' }],
    [{ 'managed-by': 'hand' }],
    [{ terraforming: 'mars' }],
  ])('is not told by %j', (route) => {
    expect(weightsOwner({ route, loadBalancer: NONE })).toBeNull();
  });

  it('is the route’s own tags first, then the load balancer’s, which say less', () => {
    const loadBalancer = { 'managed-by': 'terraform' };
    const route = { 'aws:cloudformation:stack-name': 'shop' };

    expect(weightsOwner({ route, loadBalancer })?.tool).toBe('CloudFormation');
    expect(weightsOwner({ route: NONE, loadBalancer })).toMatchObject({
      tool: 'Terraform',
      of: 'load-balancer',
    });
  });

  it('is asked for what keeps an apply from meeting the migration half-way, by the name of the field', () => {
    const owner = { tool: 'Terraform', tag: 'managed-by=terraform', of: 'route' } as const;
    const rule = weightsFieldOf({ with: 'alb', ruleArn: 'rule' });
    const listener = weightsFieldOf({ with: 'alb', ruleArn: 'rule', isDefault: true });

    expect(askOwner('web', owner, rule)).toEqual({
      title:
        'Terraform owns route web (tag managed-by=terraform): an apply during the migration would write its own weights',
      remedy:
        'ask its owner for ignore_changes = [action] on the aws_lb_listener_rule until the migration has ended',
    });
    expect(askOwner('web', owner, listener).remedy).toContain(
      '[default_action] on the aws_lb_listener ',
    );
    expect(askOwner('web', { ...owner, tool: 'CloudFormation' }, rule).remedy).toContain(
      'update nothing there',
    );
    const place = {
      with: 'ingress',
      namespace: 'shop',
      ingress: 'api',
      service: 'api',
      backend: { service: 'api', port: 80 },
      loadBalancerArn: 'alb',
      rules: [],
    } as const;
    expect(askOwner('api', owner, weightsFieldOf(place)).remedy).toContain(
      'to leave alb.ingress.kubernetes.io/actions.api of Ingress shop/api alone',
    );
    const httpRoute = {
      with: 'gateway',
      namespace: 'shop',
      httpRoute: 'web',
      blueBackend: { group: '', kind: 'Service', name: 'web-blue', port: 80 },
      greenBackend: { group: '', kind: 'Service', name: 'web-green', port: 80 },
      rules: [],
      greenLoadBalancerArn: 'green-alb',
    } as const;
    expect(askOwner('web', owner, weightsFieldOf(httpRoute)).remedy).toContain(
      'to leave spec.rules[].backendRefs of HTTPRoute shop/web alone',
    );
  });
});
