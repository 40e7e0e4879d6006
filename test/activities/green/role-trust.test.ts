/** Roles of pods on emulated IAM and STS, with tokens that a light cluster signs; the rest of the world is in memory. */
import { createActivities } from '#activities/create-activities.ts';
import type { GreenInput, TrustInput } from '#activities/contract.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { issuerIn } from '#domain/workloads/service-account-roles.ts';
import type { FakeWorld } from '#test/fakes/fake-world.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import { withPeople, type RoleTrustUnderTest } from '#test/contract/role-trust.contract.ts';
import { lightRoleTrustUnderTest } from '#test/contract/role-trust-under-test.ts';
import {
  createStage,
  environment,
  failureOf,
  greenInput,
  provisioned,
  REF,
  resolvedInput,
} from '#test/activities/run-activity.ts';

const TIMEOUT_MS = 20_000;
const SERVICE_ACCOUNTS = { apiVersion: 'v1', plural: 'serviceaccounts' } as const;

describe('roles of pods, emulated', () => {
  let under: RoleTrustUnderTest;
  let world: FakeWorld;
  let input: GreenInput & TrustInput;
  let activities: ReturnType<typeof createActivities>;

  beforeEach(async () => {
    under = await lightRoleTrustUnderTest();
    const stage = createStage();
    ({ world } = stage);
    await annotate(world, under.roleArn);
    // Green of the world in memory signs no tokens; the light cluster does it in its place.
    const roleTrust: RoleTrustUnderTest['roleTrust'] = {
      ...under.roleTrust,
      whyRefused: async (_cluster, account, signal) =>
        under.roleTrust.whyRefused(under.green, account, signal),
    };
    const resolved = await greenInput(stage);
    activities = createActivities({ ...stage.ports, roleTrust }, QUICK_TIMINGS);
    const account = under.blue.access.account;
    const trust = {
      blue: issuerIn(account, under.blue.issuer, under.roleArn),
      green: issuerIn(account, under.green.issuer, under.roleArn),
      mark: 'Cutover0123456789abcdef',
      roles: [under.roleArn],
    };
    input = { ...resolved, trust };
  }, TIMEOUT_MS);
  afterEach(async () => under.stop());

  const run = async <Result>(work: () => Promise<Result>): Promise<Result> =>
    environment().run(work);
  const proven = async (given: GreenInput & TrustInput = input) => {
    const startedMs = Date.now();
    for (;;)
      try {
        const info = {
          scheduledTimestampMs: startedMs,
          currentAttemptScheduledTimestampMs: Date.now(),
        };
        return await environment(info).run(async () => activities.proveRoles(given));
      } catch (failure) {
        if (!(failure instanceof CutoverFailure) || failure.type !== 'waiting') throw failure;
        await new Promise((resolve) => {
          setTimeout(resolve, 20);
        });
      }
  };

  it('are had by green’s service account once they were extended, and not before', async () => {
    const early = await failureOf(run(async () => activities.proveRoles(input)));
    await run(async () => activities.extendTrust(input));

    expect(early).toBe('waiting');
    expect(await proven()).toEqual({ rolesProven: 1 });
    expect(
      world.greenKubernetes.all('serviceaccounts').map(({ metadata }) => metadata.name),
    ).toEqual(['orders']);
  });

  it('keep the edit of somebody who wrote in between, and after the way back are as that one left them', async () => {
    // After the roles were found, and before ours is written.
    await under.writePolicy(
      (await under.readPolicy()).replace('"Version"', '"Id":"shop","Version"'),
    );
    // Read before ours is written, and written after it.
    const theirs = withPeople(await under.readPolicy());
    under.overwriteOnce(theirs);
    await run(async () => activities.extendTrust(input));
    const between = await under.readPolicy();
    const later = between.replace('"People"', '"PeopleOfTheShop"');
    await under.writePolicy(later);

    await run(async () => activities.withdrawTrust(input));
    await run(async () => activities.withdrawTrust(input));

    expect(between).toContain(input.trust.mark);
    expect(await under.readPolicy()).toBe(theirs.replace('"People"', '"PeopleOfTheShop"'));
    expect(await under.providerTags(input.trust.green.providerArn)).toBeNull();
  });

  it('get a statement of ours again that somebody’s edit lost', async () => {
    const before = await under.readPolicy();
    await run(async () => activities.extendTrust(input));
    await under.writePolicy(withPeople(before));

    expect(await proven()).toEqual({ rolesProven: 1 });

    expect(await under.readPolicy()).toContain('People');
    expect(await under.readPolicy()).toContain(input.trust.mark);
  });

  it('that nobody extends fail by name, with the statement that their owner has to add', async () => {
    const left = { ...input, trust: { ...input.trust, roles: [] } };
    await run(async () => activities.extendTrust(left));
    const before = await under.readPolicy();

    const failure = await proven(left).catch((cause: unknown) => cause);

    expect(failure).toMatchObject({ type: 'role-not-assumable', resource: under.roleArn });
    const { message } = failure instanceof Error ? failure : new Error('it was proven');
    expect(message).toContain('shop/orders');
    const [, statement = ''] =
      /add to the role’s trust policy: (\{.*\}); then/u.exec(message) ?? [];
    expect(await under.readPolicy()).toBe(before);
    await under.writePolicy(before.replace(/\]\}$/u, `,${statement}]}`));
    expect(await proven(left)).toEqual({ rolesProven: 1 });
  });

  it('that a Deny keeps out fail by name and send people to the policy', async () => {
    const deny = { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' };
    const condition = { StringLike: { [`${input.trust.green.name}:sub`]: '*' } };
    const before = await under.readPolicy();
    const statement = JSON.stringify({ ...deny, Condition: condition });
    await under.writePolicy(before.replace(/\]\}$/u, `,${statement}]}`));
    await run(async () => activities.extendTrust(input));

    const failure = await proven().catch((cause: unknown) => cause);

    expect(failure).toMatchObject({
      type: 'role-not-assumable',
      message: expect.stringContaining(input.trust.mark),
    });
  });

  it('that do not let the account in on blue either are not proven', async () => {
    const policy = await under.readPolicy();
    await under.writePolicy(policy.replace('shop:orders', 'shop:carts'));

    expect(await proven()).toEqual({ rolesProven: 0 });
  });
});

describe('what furnishing green finds of roles', () => {
  it('is every role that trusts blue, once, with both issuers', async () => {
    const stage = createStage();
    const { trust } = await stage.once(async () =>
      stage.activities.furnishGreen(await greenInput(stage)),
    );

    expect(trust?.roles).toEqual(['arn:aws:iam::111122223333:role/shop']);
    expect(trust?.blue.name).toMatch(/SHOP-BLUE$/u);
    expect(trust?.green.providerArn).toMatch(/oidc-provider\/.*SHOP-GREEN$/u);
    expect(trust?.mark).toBe('CutoverSHOPGREEN');
  });

  it('is none to extend where the plan leaves them, and nothing for plans of before', async () => {
    const stage = createStage();
    const { spec, ...input } = await greenInput(stage);
    const left = { ...spec, identity: { trustPolicies: 'leave' } } as const;

    const leaving = await stage.once(async () =>
      stage.activities.furnishGreen({ ...input, spec: left }),
    );
    const before = await stage.once(async () =>
      stage.activities.furnishGreen({ ...input, spec: { ...spec, identity: undefined } }),
    );

    expect(leaving.trust?.roles).toEqual([]);
    expect(before.trust).toBeUndefined();
  });

  it('has another mark for another green, so that nobody takes away what lives on', async () => {
    const marks = await Promise.all(
      ['shop-green', 'shop-next'].map(async (cluster) => {
        const stage = createStage();
        const { spec } = stage.world.plan;
        const input = await resolvedInput(stage);
        const green = { ...spec.green, cluster };
        const given = { ...input, ref: REF, spec: { ...spec, green } };
        const made = await provisioned(stage, given);
        const { trust } = await stage.once(async () => stage.activities.furnishGreen(made));
        return trust?.mark;
      }),
    );

    expect(new Set(marks).size).toBe(2);
  });
});

/** Blue's only service account with a role is shop/orders. */
async function annotate({ blueKubernetes }: FakeWorld, roleArn: string): Promise<void> {
  blueKubernetes.remove('serviceaccounts', 'shop', 'shop');
  await blueKubernetes.apply(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: 'orders',
      namespace: 'shop',
      annotations: { 'eks.amazonaws.com/role-arn': roleArn },
    },
  });
}
