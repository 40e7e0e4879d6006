import { shopManifests } from '#sandbox/shop/manifests.ts';

const manifests = shopManifests({
  frontDoor: {
    kind: 'binding',
    targetGroupArn:
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-blue/6d0ecf831eec9f09',
  },
  securityGroupId: 'sg-0123456789abcdef0',
});

describe('the manifests of the shop', () => {
  it('hold each kind that a migration has to carry', () => {
    const kinds = new Set(manifests.map((manifest) => manifest.kind));

    expect([...kinds].sort()).toEqual([
      'ConfigMap',
      'CronJob',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Namespace',
      'PodDisruptionBudget',
      'Role',
      'RoleBinding',
      'Secret',
      'Service',
      'ServiceAccount',
      'TargetGroupBinding',
    ]);
  });

  it('name each object once, in one namespace, after which the rest can be applied', () => {
    const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

    expect(new Set(names).size).toBe(names.length);
    expect(manifests[0]?.kind).toBe('Namespace');
    expect(manifests.slice(1).every(({ metadata }) => metadata.namespace === 'shop')).toBe(true);
  });

  it('bind web to the given target group and let the load balancer in', () => {
    const binding = manifests.find(({ kind }) => kind === 'TargetGroupBinding');

    expect(binding).toMatchObject({
      spec: {
        targetGroupARN: expect.stringContaining('shop-blue'),
        targetType: 'ip',
        serviceRef: { name: 'web', port: 80 },
        networking: {
          ingress: [{ from: [{ securityGroup: { groupID: 'sg-0123456789abcdef0' } }] }],
        },
      },
    });
  });

  it('fix the tag of every image', () => {
    const images = JSON.stringify(manifests).match(/"image":"[^"]+"/g) ?? [];

    expect(images.length).toBeGreaterThanOrEqual(4);
    expect(images.every((image) => /:\d+\.\d+\.\d+"$/.test(image))).toBe(true);
  });
});
