import { intakeOf } from '#activities/adapters/gateway/http-route-parents.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

const PARENT = { name: 'front' };
/** As the API server fills it in. */
const FILLED = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'front' };

function condition(type: string, change: object = {}) {
  return { type, status: 'True', reason: type, observedGeneration: 3, ...change };
}

function by(controllerName: string, conditions: readonly object[], parentRef: object = FILLED) {
  return { controllerName, parentRef, conditions };
}

const FINE = [condition('Accepted'), condition('ResolvedRefs')];

function httpRoute(
  parents: readonly object[],
  parentRefs: readonly object[] = [PARENT],
): KubernetesObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'web', namespace: 'shop', generation: 3 },
    spec: { parentRefs },
    status: { parents },
  };
}

describe('what the controllers of an HTTPRoute say', () => {
  it('is that it is taken in when each accepts and resolves the newest generation', () => {
    expect(intakeOf(httpRoute([by('a', FINE), by('b', FINE)]))).toEqual({ kind: 'taken-in' });
  });

  it.each([
    ['nobody has said anything', []],
    ['a controller speaks of another Gateway', [by('a', FINE, { name: 'back' })]],
    [
      'one of two is behind',
      [
        by('a', FINE),
        by('b', [condition('Accepted'), condition('ResolvedRefs', { observedGeneration: 2 })]),
      ],
    ],
    [
      'a condition names no generation',
      [
        by('a', [
          condition('Accepted', { observedGeneration: undefined }),
          condition('ResolvedRefs'),
        ]),
      ],
    ],
    ['a condition is missing', [by('a', [condition('Accepted')])]],
  ])('is pending while %s', (_, parents) => {
    expect(intakeOf(httpRoute(parents)).kind).toBe('pending');
  });

  it('is a refusal with the reason where one Gateway does not serve it', () => {
    const refused = condition('Accepted', {
      status: 'False',
      reason: 'NoMatchingListenerHostname',
    });

    expect(
      intakeOf(httpRoute([by('a', FINE), by('b', [refused, condition('ResolvedRefs')])])),
    ).toEqual({
      kind: 'refused',
      why: 'b on Gateway front does not accept it: NoMatchingListenerHostname',
    });
    expect(intakeOf(httpRoute([], [])).kind).toBe('refused');
  });

  it('names the backend that was not found, in printable and bounded words', () => {
    const message = `Service web-green\n${'x'.repeat(1000)}`;
    const lost = condition('ResolvedRefs', { status: 'False', reason: 'BackendNotFound', message });
    const intake = intakeOf(httpRoute([by('a', [condition('Accepted'), lost])]));

    expect(intake.kind).toBe('unresolved');
    expect(JSON.stringify(intake)).toContain('BackendNotFound (Service web-green x');
    expect(JSON.stringify(intake).length).toBeLessThan(450);
  });

  it('tells listeners of one Gateway apart', () => {
    const parents = [by('a', FINE, { ...FILLED, sectionName: 'http' })];
    const refs = [
      { ...PARENT, sectionName: 'http' },
      { ...PARENT, sectionName: 'https' },
    ];

    expect(intakeOf(httpRoute(parents, refs)).kind).toBe('pending');
    expect(intakeOf(httpRoute(parents, refs.slice(0, 1))).kind).toBe('taken-in');
  });
});
