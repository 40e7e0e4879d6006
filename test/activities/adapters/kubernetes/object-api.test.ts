import type { ApiRequest, ApiServer } from '#activities/adapters/kubernetes/api-server.ts';
import { KubernetesStatusError } from '#activities/adapters/kubernetes/kubernetes-status-error.ts';
import { createObjectApi } from '#activities/adapters/kubernetes/object-api.ts';

/** What a real API server does too rarely to wait for: pages that expire, refusals, odd answers. */
const { signal } = new AbortController();
const CONFIG_MAPS = { apiVersion: 'v1', plural: 'configmaps' };

const scripted = (
  answer: (call: ApiRequest, index: number) => unknown,
): { readonly server: ApiServer; readonly calls: readonly ApiRequest[] } => {
  const calls: ApiRequest[] = [];
  const server: ApiServer = {
    send: async (call) => {
      calls.push(call);
      return answer(call, calls.length - 1);
    },
    linesOf: async () => [],
    close: async () => undefined,
  };
  return { server, calls };
};
const page = (names: readonly string[], next = ''): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMapList',
  metadata: { continue: next, resourceVersion: '7' },
  items: names.map((name) => ({ metadata: { name, namespace: 'shop' }, data: { a: '1' } })),
});
const refused = (httpStatus: number, reason: string, retryAfterSeconds?: number): Error =>
  new KubernetesStatusError(httpStatus, { reason, message: reason }, retryAfterSeconds);

describe('a list of many objects', () => {
  it('is read page by page, each item as a whole object', async () => {
    const { server, calls } = scripted((_, index) =>
      index === 0 ? page(['a', 'b'], 'to be continued') : page(['c']),
    );

    const objects = await createObjectApi(server, 'shop-green').list(CONFIG_MAPS, 'shop', signal);

    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    expect(objects[0]).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'shop' },
      data: { a: '1' },
    });
    expect(calls.map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/shop/configmaps?limit=500',
      '/api/v1/namespaces/shop/configmaps?limit=500&continue=to+be+continued',
    ]);
  });

  it('is begun again when its pages expire, and nothing is listed twice', async () => {
    const { server } = scripted((call, index) => {
      if (index === 1) throw refused(410, 'Expired');
      return call.path.includes('continue') ? page(['b']) : page(['a'], 'more');
    });

    const objects = await createObjectApi(server, 'shop-green').list(CONFIG_MAPS, 'shop', signal);

    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });

  it('is a conflict when they always expire', async () => {
    const { server, calls } = scripted((call) => {
      if (call.path.includes('continue')) throw refused(410, 'Expired');
      return page(['a'], 'more');
    });

    const list = createObjectApi(server, 'shop-green').list(CONFIG_MAPS, null, signal);

    await expect(list).rejects.toMatchObject({ type: 'conflict' });
    expect(calls).toHaveLength(6);
  });
});

describe('a request', () => {
  it('to a named group goes below /apis, with names escaped', async () => {
    const { server, calls } = scripted(() => undefined);
    const bindings = { apiVersion: 'elbv2.k8s.aws/v1beta1', plural: 'targetgroupbindings' };
    const binding = {
      apiVersion: bindings.apiVersion,
      kind: 'TargetGroupBinding',
      metadata: { name: 'a:b', namespace: 'shop' },
      spec: { unknown: { to: ['everybody'] } },
    };

    await createObjectApi(server, 'shop-green').apply(bindings, binding, signal);

    expect(calls).toEqual([
      {
        method: 'PATCH',
        path: '/apis/elbv2.k8s.aws/v1beta1/namespaces/shop/targetgroupbindings/a%3Ab?fieldManager=cutover&force=true',
        contentType: 'application/apply-patch+yaml',
        body: binding,
      },
    ]);
  });

  it.each([
    ['an overloaded server', () => refused(429, 'TooManyRequests', 0)],
    ['a server that is starting', () => refused(503, 'ServiceUnavailable')],
    ['a connection that broke', () => Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
    ['an answer that was cut', () => new SyntaxError('Unexpected end of JSON input')],
  ])('that only asks is sent again after %s, twice', async (_, trouble) => {
    const { server, calls } = scripted((call, index) => {
      if (index < 2) throw trouble();
      return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };
    });

    const found = await createObjectApi(server, 'shop-green').get(CONFIG_MAPS, 'shop', 'a', signal);

    expect(found?.metadata.name).toBe('a');
    expect(calls).toHaveLength(3);
  });

  it('that only asks fails with what it met for the third time', async () => {
    const { server, calls } = scripted(() => {
      throw refused(503, 'ServiceUnavailable');
    });

    const list = createObjectApi(server, 'shop-green').list(CONFIG_MAPS, 'shop', signal);

    await expect(list).rejects.toMatchObject({ type: 'unavailable' });
    expect(calls).toHaveLength(3);
  });

  it('that changes something is sent once: retrying is Temporal’s, where it is seen', async () => {
    const { server, calls } = scripted(() => {
      throw refused(503, 'ServiceUnavailable');
    });
    const api = createObjectApi(server, 'shop-green');

    const gone = api.delete(CONFIG_MAPS, 'shop', 'a', signal);

    await expect(gone).rejects.toMatchObject({ type: 'unavailable' });
    expect(calls).toHaveLength(1);
  });

  it('that is throttled for long tells when to ask again', async () => {
    const { server, calls } = scripted(() => {
      throw refused(429, 'TooManyRequests', 3);
    });

    const list = createObjectApi(server, 'shop-green').list(CONFIG_MAPS, 'shop', signal);

    await expect(list).rejects.toMatchObject({
      type: 'throttled',
      retryAfterSeconds: 3,
      resource: 'shop-green/configmaps/shop',
    });
    expect(calls).toHaveLength(1);
  });

  it('answered by something that is no object is a defect, not an empty answer', async () => {
    const { server } = scripted(() => ({ hello: 'I am a proxy' }));
    const api = createObjectApi(server, 'shop-green');

    await expect(api.list(CONFIG_MAPS, 'shop', signal)).rejects.toMatchObject({ type: 'internal' });
    await expect(api.get(CONFIG_MAPS, 'shop', 'a', signal)).rejects.toMatchObject({
      type: 'internal',
    });
  });
});

describe('an API server', () => {
  it.each([
    ['that is not ready', '/readyz', 500],
    ['that does not know us', '/readyz', 401],
    ['that gives us no rights', '/api/v1/namespaces?limit=1', 403],
  ])('%s is not ready for us', async (_, path, status) => {
    const { server } = scripted((call) => {
      if (call.path === path) throw refused(status, 'no');
      return 'ok';
    });

    expect(await createObjectApi(server, 'shop-green').isReady(signal)).toBe(false);
  });
});
