import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import {
  clientToken,
  isOurs,
  migrationIdOf,
  ownershipTags,
  workflowIdOf,
} from '#domain/identity.ts';

const BLUE = { account: '111122223333', region: 'eu-west-1', cluster: 'shop-blue' } as const;
const REF = { workflowId: workflowIdOf(BLUE), migrationId: '0123456789ab' } as const;

describe('a migration’s workflow id', () => {
  it('names the blue cluster, so that it can have one migration only', () => {
    expect(workflowIdOf(BLUE)).toBe('migrate/111122223333/eu-west-1/shop-blue');
  });

  it('is another for another account, region or cluster', () => {
    const others = [
      BLUE,
      { ...BLUE, account: '111122223334' },
      { ...BLUE, region: 'eu-west-2' },
      { ...BLUE, cluster: 'shop-blue-2' },
    ];

    expect(new Set(others.map(workflowIdOf)).size).toBe(others.length);
  });
});

describe('a migration id', () => {
  it('is 12 hexadecimal characters of the run id, the same whenever it is asked', () => {
    expect(migrationIdOf('0190f3a1-7c2b-7d4e-9f00-a1b2c3d4e5f6')).toBe('a1b2c3d4e5f6');
  });

  it('is new for each attempt, also for attempts that start together and share the clock in their run ids', () => {
    const clock = '0190f3a1-7c2b-7';
    const together = Array.from(
      { length: 1_000 },
      () => `${clock}${randomUUID().slice(clock.length)}`,
    );

    expect(new Set(together.map(migrationIdOf)).size).toBe(together.length);
  });
});

describe('a client token (I6)', () => {
  it('is the same for the same step of the same attempt, and no other', () => {
    const again = { ...REF };
    const nextAttempt = { ...REF, migrationId: 'ba9876543210' };

    expect(clientToken(REF, 'create-green')).toBe('cutover-0123456789ab-create-green');
    expect(clientToken(again, 'create-green')).toBe(clientToken(REF, 'create-green'));
    expect(clientToken(REF, 'delete-green')).not.toBe(clientToken(REF, 'create-green'));
    expect(clientToken(nextAttempt, 'create-green')).not.toBe(clientToken(REF, 'create-green'));
  });
});

describe('ownership', () => {
  it('is recognised in what this or an earlier attempt of the same line made', () => {
    expect(isOurs(REF, ownershipTags(REF))).toBe(true);
    expect(isOurs({ ...REF, migrationId: 'ba9876543210' }, ownershipTags(REF))).toBe(true);
  });

  it.each([
    ['nothing', {}],
    ['another line’s tag', { 'cutover/workflow-id': 'migrate/111122223333/eu-west-1/other' }],
    ['an empty tag', { 'cutover/workflow-id': '' }],
    ['the attempt’s tag alone', { 'cutover/migration-id': '0123456789ab' }],
  ])('is denied to what carries %s', (_, tags) => {
    expect(isOurs(REF, tags)).toBe(false);
  });

  it('tags fit AWS: keys of at most 128 and values of at most 256 allowed characters', () => {
    const cluster = fc.stringMatching(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/u);
    fc.assert(
      fc.property(cluster, (name) => {
        const workflowId = workflowIdOf({ ...BLUE, cluster: name });
        for (const [key, value] of Object.entries(ownershipTags({ ...REF, workflowId }))) {
          expect(key).toMatch(/^[\w.:/=+@-]{1,128}$/u);
          expect(value).toMatch(/^[\w.:/=+@-]{1,256}$/u);
        }
      }),
    );
  });
});
