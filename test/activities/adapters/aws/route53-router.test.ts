/** What is particular to names in Route 53; the rest is in the contract of all routers. */
import {
  CreateResourceRecordSetProtectionsCommand,
  DeleteResourceRecordSetProtectionsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { createRoute53Router } from '#activities/adapters/aws/route53-router.ts';
import {
  CLOCK,
  route53RouterUnderTest,
  type Route53UnderTest,
} from '#test/contract/route53-under-test.ts';

const { signal } = new AbortController();
let under: Route53UnderTest;

async function start(options: Parameters<typeof route53RouterUnderTest>[0] = {}): Promise<void> {
  under = await route53RouterUnderTest(options);
}

afterEach(async () => under.stop());

const inTime = (): number => Date.now() + 10_000;

function ownership(name: string): ResourceRecordSet {
  const Value =
    '"heritage=external-dns,external-dns/owner=blue,external-dns/resource=ingress/shop/web"';
  return { Name: name, Type: 'TXT', TTL: 300, ResourceRecords: [{ Value }] };
}

function batches(): readonly (readonly string[])[] {
  const writes = under.aws.world?.audit.entries({ operation: 'ChangeResourceRecordSets' }) ?? [];
  return writes
    .filter(({ principalArn, result }) => principalArn.includes('engine') && result.kind === 'ok')
    .map(({ input }) => {
      const text = JSON.stringify(input);
      return [...text.matchAll(/"Action":"(\w+)"/gu)].map(([, action = '']) => action);
    });
}

describe('the router of names', () => {
  it('adopts a name in one batch, and writes both colours together ever after', async () => {
    await start();
    const { router, route } = under;
    const { before } = await router.describe(route, signal);
    await router.attach(route, before, signal);
    await router.setGreenPercent(route, 5, inTime(), signal);
    await router.sendAllToBlue(route, inTime(), signal);
    await router.detach(route, before, signal);

    expect(batches()).toEqual([
      ['DELETE', 'UPSERT', 'UPSERT'],
      ['UPSERT', 'UPSERT'],
      ['UPSERT', 'UPSERT'],
      ['DELETE', 'DELETE', 'UPSERT'],
    ]);
  });

  it('brings many names of a zone back in one batch', async () => {
    await start();
    const { clients } = under.aws;
    const router = createRoute53Router({ clients, clock: CLOCK, pollMs: 20, gatherMs: 300 });
    const routes = [under.route, await under.further('api'), await under.further('pay')];
    for (const route of routes) {
      await router.attach(route, (await router.describe(route, signal)).before, signal);
      await router.setGreenPercent(route, 50, inTime(), signal);
    }
    const written = batches().length;

    await Promise.all(routes.map(async (route) => router.sendAllToBlue(route, inTime(), signal)));

    expect(
      batches()
        .slice(written)
        .map(({ length }) => length),
    ).toEqual([6]);
    for (const route of routes) expect(await router.readGreenPercent(route, signal)).toBe(0);
  });

  it('lets one bad record not hold up the way back of the others', async () => {
    await start();
    const { router, route, zoneId } = under;
    const other = await under.further('api');
    for (const one of [route, other]) {
      await router.attach(one, (await router.describe(one, signal)).before, signal);
      await router.setGreenPercent(one, 50, inTime(), signal);
    }
    const Protections = [{ RecordName: other.recordName, RecordType: 'A' as const }];
    await under.aws.owner.route53.send(
      new CreateResourceRecordSetProtectionsCommand({ HostedZoneId: zoneId, Protections }),
    );

    const [good, bad] = await Promise.allSettled([
      router.sendAllToBlue(route, inTime(), signal),
      router.sendAllToBlue(other, inTime(), signal),
    ]);

    expect(good.status).toBe('fulfilled');
    expect(bad).toMatchObject({
      reason: { type: 'invalid-request', message: expect.stringContaining('protected') },
    });
    expect(await router.readGreenPercent(route, signal)).toBe(0);
    await unprotect(other.recordName);
  });

  async function unprotect(RecordName: string): Promise<void> {
    await under.aws.owner.route53.send(
      new DeleteResourceRecordSetProtectionsCommand({
        HostedZoneId: under.zoneId,
        Protections: [{ RecordName, RecordType: 'A' }],
      }),
    );
  }

  it('reads the share of before while a change is PENDING', async () => {
    await start({ delayScale: 0.2 });
    const { route, aws } = under;
    const impatient = createRoute53Router({
      clients: aws.clients,
      clock: CLOCK,
      pollMs: 5,
      gatherMs: 1,
    });
    const { before } = await impatient.describe(route, signal);
    await impatient.attach(route, before, signal);

    await impatient.setGreenPercent(route, 50, Date.now() + 150, signal);

    expect(await impatient.readGreenPercent(route, signal)).toBe(0);
    await impatient.setGreenPercent(route, 50, inTime(), signal);
    expect(await impatient.readGreenPercent(route, signal)).toBe(50);
    expect(batches().length).toBe(2);
  });

  it('sends a change of another worker again, because it may be PENDING', async () => {
    await start();
    const { router, route, aws } = under;
    await router.attach(route, (await router.describe(route, signal)).before, signal);
    await router.setGreenPercent(route, 50, inTime(), signal);
    const another = createRoute53Router({
      clients: aws.clients,
      clock: CLOCK,
      pollMs: 5,
      gatherMs: 1,
    });

    await another.setGreenPercent(route, 50, inTime(), signal);
    await another.setGreenPercent(route, 50, inTime(), signal);

    expect(batches().length).toBe(3);
  });

  it('goes with five requests a second: what is throttled says so and is tried again by Temporal', async () => {
    await start();
    const { router, route, aws } = under;
    await router.attach(route, (await router.describe(route, signal)).before, signal);
    aws.world?.faults.add({
      service: 'route53',
      operation: 'ChangeResourceRecordSets',
      times: 1,
      effect: { kind: 'throttle' },
    });

    await expect(router.setGreenPercent(route, 5, inTime(), signal)).rejects.toMatchObject({
      type: 'throttled',
    });
    await router.setGreenPercent(route, 5, inTime(), signal);
    expect(await router.readGreenPercent(route, signal)).toBe(5);
  });

  it.each(['', 'a-', 'cname-'])(
    'refuses a name that external-dns owns (TXT record %sNAME), and says whose it is',
    async (prefix) => {
      await start();
      const { router, route } = under;
      const record = ownership(`${prefix}${route.recordName}`);
      await under.change({ Action: 'CREATE', ResourceRecordSet: record });

      await expect(router.describe(route, signal)).rejects.toMatchObject({
        type: 'stranger-resource',
        message: expect.stringMatching(/owner blue.*ingress\/shop\/web.*takeFromExternalDns/u),
      });
    },
  );

  it('takes a name over with its ownership records where the plan says so, and puts both back', async () => {
    await start();
    const { router, route } = under;
    const taking = { ...route, takeFromExternalDns: true };
    await under.change(
      ...['', 'a-'].map((prefix) => ({
        Action: 'CREATE' as const,
        ResourceRecordSet: ownership(`${prefix}${route.recordName}`),
      })),
    );
    const before = await under.rule();
    const described = await router.describe(taking, signal);

    await router.attach(taking, described.before, signal);
    const types = (await under.records()).map(({ Type }) => Type);
    await router.setGreenPercent(taking, 50, inTime(), signal);
    await router.detach(taking, described.before, signal);

    expect(types).toEqual(['A', 'A']);
    expect(await under.rule()).toBe(before);
  });

  it('refuses a protected name before anything is written, with the comment of who protected it', async () => {
    await start();
    const { router, route, zoneId } = under;
    const Protections = [
      { RecordName: route.recordName, RecordType: 'A' as const, Comment: 'ask Ada' },
    ];
    await under.aws.owner.route53.send(
      new CreateResourceRecordSetProtectionsCommand({ HostedZoneId: zoneId, Protections }),
    );

    await expect(router.describe(route, signal)).rejects.toMatchObject({
      type: 'unexpected-shape',
      message: expect.stringContaining('ask Ada'),
    });
    await unprotect(route.recordName);
  });

  it("refuses somebody's own weights and whatever points elsewhere", async () => {
    await start();
    const { router, route } = under;
    const [simple] = await under.records();
    await under.change(
      { Action: 'DELETE', ResourceRecordSet: simple },
      {
        Action: 'CREATE',
        ResourceRecordSet: {
          ...simple,
          Name: simple?.Name,
          Type: 'A',
          SetIdentifier: 'terraform',
          Weight: 10,
        },
      },
    );

    await expect(router.describe(route, signal)).rejects.toMatchObject({
      type: 'unexpected-shape',
      message: expect.stringContaining('terraform'),
    });
  });

  it('says that a zone is not there', async () => {
    await start();
    const { router, route } = under;

    await expect(
      router.describe({ ...route, zoneId: 'Z0000000000' }, signal),
    ).rejects.toMatchObject({ type: 'not-found' });
  });
});
