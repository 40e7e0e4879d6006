import * as fc from 'fast-check';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { carriedCni, carriedCorefile } from '#domain/workloads/self-managed-network.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { listIn, podSpecOf } from '#domain/workloads/pod-spec.ts';

type Env = Readonly<Record<string, string>>;

function cni(env: Env, image = 'cni:1'): KubernetesObject {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  const node = { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } };
  const spec = { containers: [{ name: 'aws-node', image, env: [node, ...variables] }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'aws-node', namespace: 'kube-system', resourceVersion: '7' },
    spec: { template: { spec } },
  };
}

/** The variables that green has once the patch is there, and everything else of its container. */
function patched(of: { readonly patch: unknown }): { readonly env: Env; readonly rest: unknown } {
  const object = { kind: 'DaemonSet', ...fieldsOf(of.patch) };
  const [{ env: _, ...rest } = {}] = listIn(podSpecOf(object), 'containers');
  const [container = {}] = listIn(podSpecOf(object), 'containers');
  const set = listIn(container, 'env').flatMap(({ name, value }) =>
    typeof value === 'string' ? [[String(name), value] as const] : [],
  );
  return { env: Object.fromEntries(set), rest };
}

const corefile = (Corefile?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'coredns', namespace: 'kube-system' },
  ...(Corefile === undefined ? {} : { data: { Corefile } }),
});

describe('the settings of a VPC CNI that people installed', () => {
  it('go over variable by variable; green keeps its image and what it has besides', () => {
    const blue = cni({ WARM_IP_TARGET: '5', ENABLE_PREFIX_DELEGATION: 'true' }, 'cni:old');
    const green = cni({ ENABLE_PREFIX_DELEGATION: 'false', NEW_IN_THIS_VERSION: 'x' }, 'cni:new');

    const carried = carriedCni(blue, green, 'shop-blue');

    expect(carried).toMatchObject({
      set: ['WARM_IP_TARGET', 'ENABLE_PREFIX_DELEGATION'],
      left: [],
      patch: { metadata: { resourceVersion: '7' } },
    });
    expect(patched(carried)).toEqual({
      env: { WARM_IP_TARGET: '5', ENABLE_PREFIX_DELEGATION: 'true', NEW_IN_THIS_VERSION: 'x' },
      rest: { name: 'aws-node', image: 'cni:new' },
    });
  });

  it('stay where they name blue, or are of the cluster itself', () => {
    const blue = cni({
      CLUSTER_NAME: 'shop-blue',
      CLUSTER_ENDPOINT: 'https://blue.invalid',
      ADDITIONAL_ENI_TAGS: '{"cluster":"shop-blue"}',
      OTHER: 'shop-blue-2',
    });

    const carried = carriedCni(blue, cni({ CLUSTER_NAME: 'shop-green' }), 'shop-blue');

    expect(carried).toMatchObject({ set: ['OTHER'], left: ['ADDITIONAL_ENI_TAGS'] });
    expect(patched(carried).env).toEqual({ CLUSTER_NAME: 'shop-green', OTHER: 'shop-blue-2' });
  });

  it('are nothing to do once they are there', () => {
    const names = fc.stringMatching(/^[A-Z_]{1,12}$/u);
    const settings = fc.dictionary(names, fc.string({ maxLength: 8 }), { maxKeys: 6 });
    fc.assert(
      fc.property(settings, settings, (of, before) => {
        const once = carriedCni(cni(of), cni(before), 'shop-blue');
        const env = once.patch === null ? before : patched(once).env;
        expect(carriedCni(cni(of), cni(env), 'shop-blue')).toEqual({
          patch: null,
          set: [],
          left: [],
        });
        expect(env).toMatchObject(before && Object.fromEntries(Object.entries(of)));
      }),
    );
  });
});

describe('the Corefile of a CoreDNS that people installed', () => {
  it('goes over as it is', () => {
    expect(carriedCorefile(corefile('mine'), corefile('theirs'), 'shop-blue')).toEqual({
      patch: { data: { Corefile: 'mine' } },
      set: ['Corefile'],
      left: [],
    });
  });

  it.each([
    ['is the same', corefile('same'), corefile('same'), []],
    ['is not there', corefile(), corefile('theirs'), []],
    ['names blue', corefile('forward shop-blue.invalid'), corefile('theirs'), ['Corefile']],
  ])('stays where it %s', (_, blue, green, left) => {
    expect(carriedCorefile(blue, green, 'shop-blue')).toEqual({ patch: null, set: [], left });
  });
});
