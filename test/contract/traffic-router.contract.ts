import type { CapsuleCalls } from '#activities/ports/capsules.ts';
import type { PlannedRouteRef, RouteRef, TrafficRouter } from '#activities/ports/traffic-router.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { capsuleText, isAccepted, type WayBack } from '#domain/capsule/capsule.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { nameOfPlace, type RoutePlace } from '#domain/traffic/route-place.ts';

/** What every traffic router keeps, whatever holds the weights. */
export interface RouterUnderTest<Place extends RoutePlace = RoutePlace> {
  readonly router: TrafficRouter<Place>;
  /** A rule that forwards everything to blue, untouched by Cutover so far. */
  readonly route: RouteRef<Place> & PlannedRouteRef<Place['with']>;
  /** The same at a place that does not exist. */
  readonly missing: RouteRef<Place> & PlannedRouteRef<Place['with']>;
  /** A hand that knows no router: it sends what a capsule says, literally. */
  readonly calls: CapsuleCalls;
  /** Whose controller owns the load balancer; nobody's where it is not said. */
  readonly ownedByCluster?: string;
  /** The rule as its API gives it now, as text: equal texts are byte-identical rules. */
  rule(): Promise<string>;
  /** Somebody makes sessions stick to the side they met, before Cutover has touched the rule; not asked for where nobody can. */
  stick?(seconds: number): Promise<void>;
  /** Somebody else sends users to green and to a stranger, behind our back. */
  foreignEdit(): Promise<void>;
  nowMs(): number;
  stop(): Promise<void>;
}

/** `held`: sessions may stick and are let go on the way back; `refused`: such a route is refused; `none`: there is no such thing. */
type Sessions = 'held' | 'refused' | 'none';

/** What literal calls do to receivers that somebody else added: `told`: they stay, and the read-back says so. */
type Strangers = 'overwritten' | 'told';

export function trafficRouterContract<Place extends RoutePlace>(
  name: string,
  setUp: () => Promise<RouterUnderTest<Place>>,
  sessions: Sessions,
  strangers: Strangers = 'overwritten',
): void {
  describe(`a traffic router (${name})`, () => {
    let under: RouterUnderTest<Place>;
    let router: TrafficRouter<Place>;
    let route: RouterUnderTest<Place>['route'];
    let note: string;
    const { signal } = new AbortController();
    const inTime = (): number => under.nowMs() + 60_000;
    const attached = async (): Promise<void> => router.attach(route, note, signal);
    const set = async (percent: number): Promise<void> =>
      router.setGreenPercent(route, percent, inTime(), signal);

    const back = async (): Promise<void> => router.sendAllToBlue(route, inTime(), signal);

    beforeEach(async () => {
      under = await setUp();
      ({ router, route } = under);
      note = (await router.describe(route, signal)).before;
    });
    afterEach(async () => under.stop());

    it('describes where the route is and leaves a short note of the rule', async () => {
      const described = await router.describe(route, signal);

      expect(described.loadBalancerArn).toMatch(/:loadbalancer\/(?:app|net)\//u);
      expect(described.frontDoorUrl).toMatch(/^https?:\/\/[^/]+:\d+$/u);
      expect(described.securityGroupIds.length).toBeGreaterThan(0);
      expect(described.ownedByCluster).toBe(under.ownedByCluster ?? null);
      expect(described.greenPercent).toBeNull();
      expect(described.before.length).toBeLessThanOrEqual(1024);
    });

    it('names green at weight 0, and doing it again changes nothing', async () => {
      expect(await router.readGreenPercent(route, signal)).toBeNull();

      await attached();
      const once = await under.rule();
      await attached();

      expect(await router.readGreenPercent(route, signal)).toBe(0);
      expect(await under.rule()).toBe(once);
    });

    it('tells preflight of users that are on green already, or refuses to describe the route', async () => {
      await attached();
      await set(25);

      const described = await router.describe(route, signal).catch(typeOf);

      expect(typeof described === 'string' ? described : described.greenPercent).toBe(
        typeof described === 'string' ? 'unexpected-shape' : 25,
      );
    });

    it('keeps the share that green has when green is attached again', async () => {
      await attached();
      await set(25);

      await attached();

      expect(await router.readGreenPercent(route, signal)).toBe(25);
    });

    it.each([1, 50, 100])('brings everything back to blue from %d percent', async (share) => {
      await attached();
      await set(share);

      await back();
      const once = await under.rule();
      await back();

      expect(await router.readGreenPercent(route, signal)).toBe(0);
      expect(await under.rule()).toBe(once);
      await set(5);
      expect(await router.readGreenPercent(route, signal)).toBe(5);
    });

    if (sessions === 'refused')
      it('refuses a route whose sessions stick', async () => {
        await under.stick?.(600);

        const described = router.describe(route, signal);

        await expect(described).rejects.toMatchObject({ type: 'unexpected-shape' });
      });

    if (sessions === 'held')
      it('takes green off on the way back where sessions stick, and puts it on again as it was', async () => {
        await under.stick?.(600);
        const described = await router.describe(route, signal);
        await router.attach(route, described.before, signal);
        await set(50);

        await back();

        expect(described.stickySeconds).toBe(600);
        expect(await router.readGreenPercent(route, signal)).toBeNull();
        await router.attach(route, described.before, signal);
        expect(await router.readGreenPercent(route, signal)).toBe(0);
        expect((await router.describe(route, signal)).stickySeconds).toBe(600);
      });

    it('overwrites what somebody else put there on the way back, and leaves the rule as it was', async () => {
      const before = await under.rule();
      await attached();
      await under.foreignEdit();

      await expect(set(25)).rejects.toMatchObject({ type: 'unexpected-shape' });
      await back();

      expect(await router.readGreenPercent(route, signal)).toBeNull();
      await router.detach(route, note, signal);
      expect(await under.rule()).toBe(before);
    });

    it('puts the rule back as it was even if somebody else changed it meanwhile', async () => {
      const before = await under.rule();
      await attached();
      await under.foreignEdit();

      await router.detach(route, note, signal);

      expect(await under.rule()).toBe(before);
    });

    describe('its way back, written down', () => {
      /** As it is after a day in a file. */
      const written = async (): Promise<WayBack> => {
        const { id, access, blueTargetGroupArn } = route;
        const wayBack = await router.wayBack(route, signal);
        const told = {
          id,
          resource: nameOfPlace(route),
          greenPercent: 0,
          access,
          blueTargetGroupArn,
        };
        const text = capsuleText({
          schema: 1,
          workflowId: 'migrate/111122223333/eu-west-1/shop-blue',
          migrationId: 'aaaaaaaaaaaa',
          writtenAt: '2026-11-25T12:00:00.000Z',
          routes: [{ ...told, wayBack }],
        });
        const parsed = parseCapsule(text);
        if (!parsed.ok) throw new Error(parsed.problems.join('; '));
        expect(parsed.capsule.routes).toEqual([
          { ...told, wayBack: JSON.parse(JSON.stringify(wayBack)) },
        ]);
        return wayBack;
      };
      const send = async ({ calls }: WayBack): Promise<void> => {
        for (const call of calls) await under.calls.send(call, route.access, signal);
      };
      const isOnBlue = async ({ readBack }: WayBack): Promise<boolean> => {
        const answers = await Promise.all(
          readBack.map(async (one) =>
            isAccepted(one, await under.calls.send(one.ask, route.access, signal)),
          ),
        );
        return answers.length > 0 && answers.every(Boolean);
      };

      it.each([1, 50, 100])(
        'brings the route to blue from %d percent, once or twice',
        async (share) => {
          await attached();
          const wayBack = await written();
          await set(share);
          expect(await isOnBlue(wayBack)).toBe(false);

          await send(wayBack);
          const once = await under.rule();
          await send(wayBack);

          expect(await isOnBlue(wayBack)).toBe(true);
          expect((await router.readGreenPercent(route, signal)) ?? 0).toBe(0);
          expect(await under.rule()).toBe(once);
        },
      );

      it('is known before green is on the route: preflight tries to write it down', async () => {
        const wayBack = await written();

        expect(wayBack.calls.length).toBeGreaterThan(0);
      });

      it('is the same whenever it is written', async () => {
        await attached();
        const before = await written();
        await set(50);

        expect(await written()).toEqual(before);
      });

      it('brings the route to blue from what somebody else made of it', async () => {
        await attached();
        const wayBack = await written();
        await under.foreignEdit();
        expect(await isOnBlue(wayBack)).toBe(false);
        expect(await written()).toEqual(wayBack);

        await send(wayBack);

        expect(await isOnBlue(wayBack)).toBe(strangers === 'overwritten');
        await (strangers === 'told' ? back() : undefined);
        expect((await router.readGreenPercent(route, signal)) ?? 0).toBe(0);
      });

      if (sessions === 'held')
        it('lets no session stick to green', async () => {
          await under.stick?.(600);
          const described = await router.describe(route, signal);
          await router.attach(route, described.before, signal);
          const wayBack = await written();
          await set(50);

          await send(wayBack);

          expect(await isOnBlue(wayBack)).toBe(true);
          expect(await router.readGreenPercent(route, signal)).toBeNull();
          expect((await router.describe(route, signal)).stickySeconds).toBeNull();
        });

      it('leaves what a rollback can go on from', async () => {
        const before = await under.rule();
        await attached();
        await set(50);
        await send(await written());

        await back();
        await router.detach(route, note, signal);

        expect(await under.rule()).toBe(before);
      });
    });

    it('does not send a way back that comes too late', async () => {
      await attached();
      await set(50);

      const late = router.sendAllToBlue(route, under.nowMs() - 1, signal);

      await expect(late).rejects.toMatchObject({ type: 'late-write' });
      expect(await router.readGreenPercent(route, signal)).toBe(50);
    });

    it.each([1, 5, 10, 25, 50, 75, 99, 100])('reads %d percent after it was set', async (share) => {
      await attached();

      await set(share);

      expect(await router.readGreenPercent(route, signal)).toBe(share);
    });

    it.each([0.5, 12.5, 33.3])('reads about %d percent after it was set', async (share) => {
      await attached();

      await set(share);

      const read = await router.readGreenPercent(route, signal);
      expect(Math.abs((read ?? 100) - share)).toBeLessThan(0.15);
    });

    it('leaves the rule byte-identical when green is detached, from any share', async () => {
      const before = await under.rule();
      for (const share of [1, 50, 100]) {
        await attached();
        await set(share);

        await router.detach(route, note, signal);

        expect(await under.rule()).toBe(before);
      }
      await router.detach(route, note, signal);
      expect(await under.rule()).toBe(before);
      expect(await router.readGreenPercent(route, signal)).toBeNull();
    });

    it('does not send a weight that comes too late', async () => {
      await attached();
      const before = await under.rule();

      const late = router.setGreenPercent(route, 50, under.nowMs() - 1, signal);

      await expect(late).rejects.toMatchObject({
        type: 'late-write',
        resource: nameOfPlace(route),
      });
      expect(await under.rule()).toBe(before);
    });

    it('refuses to weigh a rule that does not name green', async () => {
      await expect(set(5)).rejects.toMatchObject({ type: 'unexpected-shape' });
    });

    it('takes blue off and leaves green alone, once', async () => {
      await attached();
      await set(100);

      await router.removeBlue(route, signal);
      const once = await under.rule();
      await router.removeBlue(route, signal);

      expect(await router.readGreenPercent(route, signal)).toBe(100);
      expect(await under.rule()).toBe(once);
      expect(once).not.toContain(route.blueTargetGroupArn);
      await expect(set(50)).rejects.toMatchObject({ type: 'unexpected-shape' });
    });

    it('refuses to take blue off while blue has users', async () => {
      await attached();
      await set(50);

      const removed = router.removeBlue(route, signal);

      await expect(removed).rejects.toMatchObject({ type: 'not-idle' });
      expect(await router.readGreenPercent(route, signal)).toBe(50);
    });

    it('says that a rule is not there', async () => {
      const { missing } = under;

      await expect(router.describe(missing, signal)).rejects.toMatchObject({ type: 'not-found' });
      await expect(router.attach(missing, note, signal)).rejects.toMatchObject({
        type: 'not-found',
      });
    });
  });
}

function typeOf(cause: unknown): string {
  return cause instanceof CutoverFailure ? cause.type : String(cause);
}
