import { askedFindings, type AskedApi } from '#domain/preflight/asked-apis.ts';
import type { Insight } from '#domain/preflight/upgrade-insights.ts';

const WAY = { blue: { name: 'shop-blue', version: '1.34' }, targetVersion: '1.36' };

function api(removedRelease: string, change: Partial<AskedApi> = {}): AskedApi {
  const named = { group: 'flow.k8s.io', version: 'v1beta3', resource: 'schemas', subresource: '' };
  return { ...named, removedRelease, ...change };
}

function found(apis: readonly AskedApi[], insights: readonly Insight[] = []) {
  return askedFindings({ kind: 'read', apis }, insights, WAY);
}

describe('APIs that clients ask for', () => {
  it.each([
    ['1.34', 0],
    ['1.35', 1],
    ['1.36', 1],
    ['1.37', 0],
    ['', 0],
    ['soon', 0],
  ])('and that are gone in %j are %i findings on the way from 1.34 to 1.36', (release, count) => {
    expect(found([api(release)])).toHaveLength(count);
  });

  it('are named as insights name them, with who asks and what to ask for, where EKS tells', () => {
    const [alone] = found([api('1.35', { subresource: 'status' })]);
    const [known] = found(
      [api('1.35', { subresource: 'status' })],
      [
        {
          name: 'APIs',
          kubernetesVersion: '1.35',
          status: 'WARNING',
          reason: '',
          refreshedAtMs: null,
          recommendation: '',
          deprecations: [
            {
              usage: '/apis/flow.k8s.io/v1beta3/schemas',
              replacedWith: '/apis/flow.k8s.io/v1/schemas',
              clients: [{ userAgent: 'argocd/v2', requests: 9 }],
            },
          ],
        },
      ],
    );

    expect(alone).toMatchObject({
      code: 'deprecated-api-asked',
      severity: 'warn',
      resource: '/apis/flow.k8s.io/v1beta3/schemas/status',
    });
    expect(alone?.title).toContain('by somebody');
    expect(known?.title).toContain('by argocd/v2 (9 requests in 30 days)');
    expect(known?.remedy).toContain('ask for /apis/flow.k8s.io/v1/schemas');
  });

  it('that may not be known are said to be unknown', () => {
    expect(askedFindings({ kind: 'unread', why: 'Forbidden' }, [], WAY)).toMatchObject([
      { code: 'deprecated-apis-unread', severity: 'info' },
    ]);
  });
});
