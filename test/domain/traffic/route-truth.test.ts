import { questionOf, truthsOf } from '#domain/traffic/route-truth.ts';

const WEB = { id: 'web', with: 'alb' } as const;
const API = { id: 'api', with: 'alb' } as const;
const UNCOUNTED = { id: 'mail', with: 'nlb' } as const;
const FLOWS = { id: 'queue', with: 'nlb', flows: 'connections' } as const;
const MORE_FLOWS = { id: 'feed', with: 'nlb', flows: 'connections' } as const;
const HTTP_ROUTE = { id: 'edge', with: 'gateway', requests: 'app' } as const;
const ALL = [WEB, API, UNCOUNTED, FLOWS, MORE_FLOWS];

describe('what proves that users follow the weights', () => {
  it('is one count of requests for all routes that draw each of them', () => {
    expect(truthsOf([WEB, API], ALL)).toEqual([{ kind: 'requests', routeIds: ['web', 'api'] }]);
  });

  it("is the pods' own count of connections on a Network Load Balancer", () => {
    expect(truthsOf([WEB, FLOWS, MORE_FLOWS], ALL)).toEqual([
      { kind: 'requests', routeIds: ['web'] },
      { kind: 'pods', source: 'connections', routeIds: ['queue', 'feed'] },
    ]);
  });

  it('is what its own name servers answer for a name, and a person where its zone is private', () => {
    const name = { id: 'home', with: 'route53', nameServers: ['ns-1.awsdns-01.org'] } as const;

    expect(truthsOf([name], [name])).toEqual([{ kind: 'answers', routeIds: ['home'] }]);
    expect(truthsOf([{ ...name, nameServers: [] }], [name])).toMatchObject([{ kind: 'people' }]);
  });

  it("is the pods' own count of requests behind a Gateway, and a person where there is none", () => {
    const uncounted = { id: 'lobby', with: 'gateway' } as const;

    expect(truthsOf([HTTP_ROUTE, uncounted], [HTTP_ROUTE, uncounted])).toEqual([
      { kind: 'pods', source: 'app', routeIds: ['edge'] },
      { kind: 'people', why: 'nothing counts its requests', routeIds: ['lobby'] },
    ]);
    const together = { id: 'lobby', with: 'gateway', requests: 'app' } as const;
    expect(truthsOf([HTTP_ROUTE], [HTTP_ROUTE, together])).toMatchObject([
      { kind: 'people', why: expect.stringContaining('route lobby, which moves apart') },
    ]);
  });

  it('is a person where nothing counts', () => {
    const [truth] = truthsOf([UNCOUNTED], ALL);

    expect(truth).toMatchObject({ kind: 'people', routeIds: ['mail'] });
    expect(truth?.kind === 'people' && questionOf(truth, 5)).toBe(
      "route mail: nothing counts its connections. Do about 5 % of new users reach green there? Look at green's pods; resume says yes, rollback says no",
    );
  });

  it('is a person where a count per cluster mixes routes that move apart', () => {
    const [truth] = truthsOf([FLOWS], ALL);

    expect(truth).toMatchObject({ kind: 'people', why: expect.stringContaining('route feed') });
  });
});
