import type { HttpProbe } from '#activities/ports/http-probe.ts';

/** What every HTTP probe keeps. */
export interface ProbeUnderTest {
  readonly probe: HttpProbe;
  /** Answers 200. */
  readonly url: string;
  /** Nobody listens there. */
  readonly deadUrl: string;
  stop(): Promise<void>;
}

export function httpProbeContract(name: string, setUp: () => Promise<ProbeUnderTest>): void {
  describe(`an HTTP probe (${name})`, () => {
    let under: ProbeUnderTest;
    const { signal } = new AbortController();
    const get = async (url: string): Promise<number> =>
      (await under.probe.get(url, { headers: {}, timeoutMs: 2000 }, signal)).status;

    beforeEach(async () => {
      under = await setUp();
    });
    afterEach(async () => under.stop());

    it('tells the status of the answer', async () => {
      expect(await get(under.url)).toBe(200);
    });

    it('answers status 0 where nobody listens', async () => {
      expect(await get(under.deadUrl)).toBe(0);
    });
  });
}
