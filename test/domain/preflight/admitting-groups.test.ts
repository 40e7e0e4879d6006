import * as fc from 'fast-check';
import { admittingFindings, type AdmittingRule } from '#domain/preflight/admitting-groups.ts';

function rule(change: Partial<AdmittingRule> = {}): AdmittingRule {
  const ports = { protocol: 'tcp', fromPort: 5432, toPort: 5432 };
  return { groupId: 'sg-1', groupName: 'database', ...ports, ...change };
}

const found = (rules: readonly AdmittingRule[] | null) =>
  admittingFindings({ ofBlue: 'sg-blue', rules }, 'shop-blue');

describe('security groups that admit blue', () => {
  it('are one finding each, with every port and the command that admits green', () => {
    const [one, ...rest] = found([rule(), rule({ fromPort: 6379, toPort: 6380 })]);

    expect(rest).toEqual([]);
    expect(one).toMatchObject({ code: 'group-admits-blue', severity: 'warn', resource: 'sg-1' });
    expect(one?.title).toContain(
      'group database admits blue by its group sg-blue: tcp 5432, tcp 6379-6380',
    );
    expect(one?.remedy).toContain('--group-id sg-1 --protocol tcp --port 5432 --source-group');
  });

  it.each([
    [rule({ protocol: '-1', fromPort: null, toPort: null }), 'everything'],
    [rule({ protocol: 'icmp', fromPort: -1, toPort: -1 }), 'icmp'],
  ])('may admit it without ports: %j', (of, text) => {
    const [one] = found([of]);

    expect(one?.title).toContain(`: ${text}`);
    expect(one?.remedy).not.toContain('--port');
  });

  it('that could not be read are said to be unknown', () => {
    expect(found(null)).toMatchObject([{ code: 'groups-unread', severity: 'info' }]);
  });

  it('are bounded, and none is lost from the count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), (count) => {
        const all = found(Array.from({ length: count }, (_, at) => rule({ groupId: `sg-${at}` })));
        expect(all.length).toBe(Math.min(count, 21));
        if (count > 20) expect(all.at(-1)?.title).toContain(`${count - 20} more`);
      }),
    );
  });
});
