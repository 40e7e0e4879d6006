/**
 * Roles of pods in the story: no workload is copied before green's pods are proven to get their roles; every rollback takes our
 * statements back, whatever others wrote meanwhile; a completed migration keeps green's and names what is left of blue's.
 */
import { issuerIn } from '#domain/workloads/service-account-roles.ts';
import { markOf, withoutTwins } from '#domain/trust-policy/trust-policy.ts';
import { issuerOf } from '#test/fakes/fake-eks.ts';
import { trustOf } from '#test/fakes/fake-iam.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness } from './harness.ts';
import { approveGates, TIMEOUT_MS } from './walk.ts';

const ROLE = 'arn:aws:iam::111122223333:role/shop';
const GREEN = issuerIn('111122223333', issuerOf('shop-green'), ROLE);

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe('roles of pods', () => {
  it.concurrent(
    'are proven before any workload is copied to green',
    async () => {
      const migration = await harness.start();
      const hold = migration.hold('proveRoles');
      await hold.reached;

      expect(migration.called).not.toContain('copyWorkloads');
      expect(migration.world.iam.roles.get(ROLE)).toContain(GREEN.providerArn);
      const approving = approveGates(migration);
      hold.release();
      const { outcome } = await migration.handle.result();
      await approving;

      expect(outcome).toBe('completed');
      expect(migration.called.indexOf('proveRoles')).toBeLessThan(
        migration.called.indexOf('copyWorkloads'),
      );
      expect(migration.world.iam.roles.get(ROLE)).toContain(GREEN.providerArn);
      const told = migration.world.notices.find(({ notice }) => notice.event === 'completed');
      expect(told?.notice.text).toContain(
        issuerIn('111122223333', issuerOf('shop-blue'), ROLE).providerArn,
      );
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'that green’s pods do not get end the migration before any workload is copied, by name',
    async () => {
      const plan = fakePlan({ identity: { trustPolicies: 'leave' } });
      const migration = await harness.start({ plan });

      const { outcome, reason } = await migration.handle.result();

      expect(outcome).toBe('rolled-back');
      expect(reason).toMatch(
        /^proveRoles: role-not-assumable: .*shop\/shop.*role\/shop.*add to the role/u,
      );
      expect(migration.called).not.toContain('copyWorkloads');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'that their owner extended by himself are proven, and stay as they are',
    async () => {
      const plan = fakePlan({ identity: { trustPolicies: 'leave' } });
      const migration = await harness.start({
        plan,
        prepare: ({ iam }) => {
          const [statement = ''] =
            /\{"Effect".*\}(?=\]\}$)/u.exec(trustOf(GREEN, 'shop/shop')) ?? [];
          const before = iam.roles.get(ROLE) ?? '';
          iam.roles.set(ROLE, before.replace(/\]\}$/u, `,${statement}]}`));
        },
      });
      const theirs = migration.world.iam.roles.get(ROLE);
      const approving = approveGates(migration);

      const { outcome } = await migration.handle.result();
      await approving;

      expect(outcome).toBe('completed');
      expect(migration.world.iam.roles.get(ROLE)).toBe(theirs);
    },
    TIMEOUT_MS,
  );

  it.concurrent.each(['keep', 'delete'] as const)(
    'are as they would be without us after a rollback, also where somebody wrote in between (green: %s)',
    async (green) => {
      const { rollback } = fakePlan().spec;
      const migration = await harness.start({
        plan: fakePlan({ rollback: { ...rollback, green } }),
      });
      const hold = migration.hold('copyWorkloads');
      await hold.reached;
      const { iam } = migration.world;
      const ours = iam.roles.get(ROLE) ?? '';
      iam.roles.set(ROLE, ours.replace('"Version"', '"Id":"theirs","Version"'));

      await migration.send('rollback', { reason: 'test' });
      hold.release();
      const { outcome } = await migration.handle.result();

      expect(outcome).toBe('rolled-back');
      expect(iam.roles.get(ROLE)).toBe(
        withoutTwins(ours, markOf(GREEN)).replace('"Version"', '"Id":"theirs","Version"'),
      );
      expect(iam.providers.has(GREEN.providerArn)).toBe(false);
      expect(migration.world.green === null).toBe(green === 'delete');
    },
    TIMEOUT_MS,
  );
});
