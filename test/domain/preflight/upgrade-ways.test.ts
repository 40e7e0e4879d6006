import { upgradeWays } from '#domain/preflight/upgrade-ways.ts';

const offered = ['1.36', '1.34', '1.35'];

function ways(from: string, to: string, nodegroups = 2): string {
  return upgradeWays({ from, to, offered, nodegroups }).join('\n');
}

describe('in place, or blue and green', () => {
  it('one minor version on fits in place, with the way back that EKS has and what it leaves out', () => {
    expect(ways('1.34', '1.35')).toContain('In place fits, if nothing but the version changes');
    expect(ways('1.34', '1.35')).toContain('within 7 days');
  });

  it('several do not: each is an upgrade of its own', () => {
    expect(ways('1.34', '1.36')).toContain('In place does not fit well');
    expect(ways('1.34', '1.36')).toContain('2 upgrades');
  });

  it.each([
    ['1.34', '1.34', 'the same version'],
    ['1.35', '1.34', 'an older version'],
  ])('from %s to %s there is no way in place', (from, to, says) => {
    expect(ways(from, to)).toContain(says);
    expect(ways(from, to)).not.toContain('In place');
  });

  it('says what blue and green costs, and that green has no way back in place', () => {
    expect(ways('1.34', '1.35')).toContain('blue’s 2 node groups');
    expect(ways('1.34', '1.35', 1)).toContain('blue’s 1 node group ');
    expect(ways('1.34', '1.35', 0)).toContain('and nodes until');
    expect(ways('1.34', '1.35')).toContain('the way back is blue');
  });

  it('names what EKS offers where it does not offer the version', () => {
    expect(ways('1.34', '1.37')).toContain(
      'EKS does not offer 1.37 now; it offers 1.34, 1.35, 1.36.',
    );
  });
});
