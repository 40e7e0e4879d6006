import type { SmokeDoor } from '#activities/ports/smoke-door.ts';
import type { RouteRef } from '#activities/ports/traffic-router.ts';
import type { RoutePlace } from '#domain/traffic/route-place.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';

/** What every smoke door keeps: only whoever knows the secret gets through, and nothing stays behind. */
export interface DoorUnderTest<Place extends RoutePlace = RoutePlace> {
  readonly door: SmokeDoor<Place>;
  /** All users go to blue; green is attached at weight 0 and able to answer. */
  readonly route: RouteRef<Place>;
  /** One request through the front door: who answered. */
  ask(headers: Readonly<Record<string, string>>): Promise<'blue' | 'green' | 'nobody'>;
  /** Everything about the front door's rules that their API gives, as text. */
  rules(): Promise<string>;
  stop(): Promise<void>;
}

const TAGS = { 'cutover/workflow-id': 'migrate/1/eu/blue', 'cutover/migration-id': 'aaaaaaaaaaaa' };
const OTHER_TAGS = { ...TAGS, 'cutover/workflow-id': 'migrate/1/eu/other' };
const HEADER = { name: 'x-cutover-smoke', value: 'secret-1' };

export function smokeDoorContract<Place extends RoutePlace>(
  name: string,
  setUp: () => Promise<DoorUnderTest<Place>>,
): void {
  describe(`a smoke door (${name})`, () => {
    let under: DoorUnderTest<Place>;
    let door: SmokeDoor<Place>;
    let route: RouteRef<Place>;
    const { signal } = new AbortController();
    const withSecret = { [HEADER.name]: HEADER.value };

    /** Rules take a moment to reach the load balancer's nodes: right several times in a row. */
    const leadsTo = async (
      colour: 'blue' | 'green',
      headers: Readonly<Record<string, string>>,
    ): Promise<void> => {
      await eventually(`${colour} behind ${JSON.stringify(headers)}`, async () => {
        for (let i = 0; i < 10; i += 1) if ((await under.ask(headers)) !== colour) return false;
        return true;
      });
    };

    beforeEach(async () => {
      under = await setUp();
      ({ door, route } = under);
    });
    afterEach(async () => under.stop());

    it('lets whoever knows the secret through to green, and nobody else', async () => {
      await door.open(route, HEADER, TAGS, signal);

      await leadsTo('green', withSecret);
      await leadsTo('blue', {});
      await leadsTo('blue', { [HEADER.name]: 'guessed' });
    });

    it('leaves the rules byte-identical when it is closed, also twice', async () => {
      const before = await under.rules();
      await door.open(route, HEADER, TAGS, signal);

      await door.close(route, TAGS, signal);
      await door.close(route, TAGS, signal);

      expect(await under.rules()).toBe(before);
      await leadsTo('blue', withSecret);
    });

    it('is replaced when it is opened again: the older secret is worth nothing', async () => {
      const before = await under.rules();
      const newer = { name: HEADER.name, value: 'secret-2' };
      await door.open(route, HEADER, TAGS, signal);
      await door.open(route, newer, TAGS, signal);

      await leadsTo('green', { [newer.name]: newer.value });
      await leadsTo('blue', withSecret);
      await door.close(route, TAGS, signal);
      expect(await under.rules()).toBe(before);
    });

    it("leaves another migration's door alone", async () => {
      const theirs = { name: HEADER.name, value: 'theirs' };
      await door.open(route, theirs, OTHER_TAGS, signal);
      const before = await under.rules();
      await door.open(route, HEADER, TAGS, signal);

      await door.close(route, TAGS, signal);

      expect(await under.rules()).toBe(before);
      await leadsTo('green', { [theirs.name]: theirs.value });
    });
  });
}
