/** Authoritative answers, from name servers that really answer over UDP by what Route 53 was told. */
import { createDnsAnswers } from '#activities/adapters/dns/dns-answers.ts';
import {
  CLOCK,
  route53RouterUnderTest,
  type Route53UnderTest,
} from '#test/contract/route53-under-test.ts';
import { withinBinomialBounds } from '#test/sandbox/data-plane/statistics.ts';

const { signal } = new AbortController();
const inTime = (): number => Date.now() + 10_000;

describe('the answers of a zone', () => {
  let under: Route53UnderTest;
  let answers: ReturnType<typeof createDnsAnswers>;
  beforeAll(async () => {
    under = await route53RouterUnderTest();
    answers = createDnsAnswers({ clock: CLOCK, servers: under.aws.nameServers });
    const { router, route } = under;
    await router.attach(route, (await router.describe(route, signal)).before, signal);
  });
  afterAll(async () => under.stop());

  it('follow the weights as soon as the change is INSYNC', async () => {
    const { router, route } = under;
    await router.setGreenPercent(route, 25, inTime(), signal);

    const sample = await answers.sample(route, 400, signal);

    expect(sample?.other).toBe(0);
    expect((sample?.blue ?? 0) + (sample?.green ?? 0)).toBe(400);
    expect(withinBinomialBounds(sample?.green ?? 0, 400, 0.25)).toBe(true);
  });

  it('are of blue alone after the way back', async () => {
    const { router, route } = under;
    await router.sendAllToBlue(route, inTime(), signal);

    expect(await answers.sample(route, 50, signal)).toEqual({ blue: 50, green: 0, other: 0 });
  });

  it('are counted as neither when they lead elsewhere', async () => {
    const { route } = under;
    const stranger = { dnsName: '127.9.9.9.', hostedZoneId: 'Z1' };

    const sample = await answers.sample({ ...route, blueTarget: stranger }, 20, signal);

    expect(sample).toEqual({ blue: 0, green: 0, other: 20 });
  });

  it('are not there where no server can be asked', async () => {
    const own = createDnsAnswers({ clock: CLOCK });

    expect(await own.sample({ ...under.route, nameServers: [] }, 10, signal)).toBeNull();
  });

  it('fail when servers stay silent', async () => {
    const servers = ['127.0.0.1:9'];
    const silent = createDnsAnswers({ clock: CLOCK, servers });

    await expect(silent.sample(under.route, 1, signal)).rejects.toMatchObject({
      type: 'unavailable',
    });
  });
});
