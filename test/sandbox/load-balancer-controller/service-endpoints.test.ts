import {
  endpointSlices,
  readyTargets,
  services,
} from '#sandbox/load-balancer-controller/service-endpoints.ts';

const web = services.parse({
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    ports: [
      { name: 'http', port: 80 },
      { name: 'metrics', port: 9090 },
    ],
  },
});
const slice = (change: object = {}) =>
  endpointSlices.parse({
    metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
    ports: [
      { name: 'http', port: 8080 },
      { name: 'metrics', port: 9100 },
    ],
    endpoints: [
      { addresses: ['10.1.0.1'], conditions: { ready: true } },
      { addresses: ['10.1.0.2'], conditions: { ready: false } },
      { addresses: ['10.1.0.3'] },
    ],
    ...change,
  });

describe('the targets of a Service', () => {
  it('are its ready endpoints at the port that the Service port leads to', () => {
    const expected = [
      { address: '10.1.0.1', port: 8080 },
      { address: '10.1.0.3', port: 8080 },
    ];

    expect(readyTargets(web, [slice()], 80)).toEqual(expected);
    expect(readyTargets(web, [slice()], 'http')).toEqual(expected);
    expect(readyTargets(web, [slice()], 9090)?.map(({ port }) => port)).toEqual([9100, 9100]);
  });

  it('are unknown for a port that the Service does not have', () => {
    expect(readyTargets(web, [slice()], 8080)).toBeUndefined();
  });

  it('leave out slices of other Services and namespaces, and empty ones', () => {
    const others = [
      slice({
        metadata: {
          name: 'x',
          namespace: 'shop',
          labels: { 'kubernetes.io/service-name': 'catalog' },
        },
      }),
      slice({
        metadata: {
          name: 'x',
          namespace: 'other',
          labels: { 'kubernetes.io/service-name': 'web' },
        },
      }),
      slice({ endpoints: null }),
      slice({ ports: null }),
    ];

    expect(readyTargets(web, others, 80)).toEqual([]);
  });
});
