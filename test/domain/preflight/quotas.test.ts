import * as fc from 'fast-check';
import { quotaFindings, type QuotaRoom } from '#domain/preflight/quotas.ts';

const CLUSTERS: QuotaRoom = {
  service: 'eks',
  code: 'L-1194D53C',
  name: 'Clusters',
  region: 'eu-west-1',
  limit: 100,
  used: 99,
  needed: 1,
};

const found = (rooms: readonly QuotaRoom[], unread: readonly string[] = [], isThere = false) =>
  quotaFindings({ rooms, unread }, 'shop-blue', isThere);

describe('the account’s quotas', () => {
  it('block where green would not fit, with the command that asks for more', () => {
    const [one, ...rest] = found([{ ...CLUSTERS, used: 100 }]);

    expect(rest).toEqual([]);
    expect(one).toMatchObject({
      code: 'quota-full',
      severity: 'block',
      resource: 'eks L-1194D53C',
    });
    expect(one?.title).toContain('green takes 1 of the quota “Clusters”, of which 100 of 100');
    expect(one?.remedy).toContain(
      '--region eu-west-1 --service-code eks --quota-code L-1194D53C --desired-value 101',
    );
  });

  it('say nothing where green fits exactly', () => {
    expect(found([CLUSTERS])).toEqual([]);
  });

  it('say which of them could not be read', () => {
    const [one] = found([], ['L-1216C47A: its usage is not reported']);

    expect(one).toMatchObject({ code: 'quotas-unread', severity: 'info', resource: 'shop-blue' });
    expect(one?.title).toContain('L-1216C47A: its usage is not reported');
  });

  it('are no matter where green is there already', () => {
    expect(found([{ ...CLUSTERS, used: 100 }], ['L-1216C47A: denied'], true)).toEqual([]);
  });

  it('ask for exactly as much as would do', () => {
    const some = fc.integer({ min: 0, max: 5_000 });
    fc.assert(
      fc.property(some, some, some, (limit, used, needed) => {
        const [one] = found([{ ...CLUSTERS, limit, used, needed }]);
        const asked = Number(/--desired-value (\d+)/u.exec(one?.remedy ?? '')?.[1] ?? limit);
        expect(found([{ ...CLUSTERS, limit: asked, used, needed }])).toEqual([]);
        if (asked !== limit)
          expect(found([{ ...CLUSTERS, limit: asked - 1, used, needed }])).toHaveLength(1);
      }),
    );
  });
});
