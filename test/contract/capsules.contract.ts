import type { CapsulePlace, Capsules } from '#activities/ports/capsules.ts';
import type { Capsule } from '#domain/capsule/capsule.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { albRoute, capsuleOf } from '#test/domain/capsule/capsules.ts';

/** What every place for capsules keeps. */
export interface CapsulesUnderTest {
  readonly capsules: Capsules;
  /** Nothing is there yet. */
  readonly place: CapsulePlace;
  stop(): Promise<void>;
}

export function capsulesContract(name: string, setUp: () => Promise<CapsulesUnderTest>): void {
  describe(`a place for capsules (${name})`, () => {
    let under: CapsulesUnderTest;
    const { signal } = new AbortController();
    const found = async (): Promise<readonly Capsule[]> =>
      (await under.capsules.list(under.place, signal)).flatMap(({ text }) => {
        const parsed = parseCapsule(text);
        if (!parsed.ok) throw new Error(parsed.problems.join('; '));
        return [parsed.capsule];
      });
    const write = async (capsule: Capsule): Promise<void> =>
      under.capsules.write(under.place, capsule, signal);

    beforeEach(async () => {
      under = await setUp();
    });
    afterEach(async () => under.stop());

    it('has none before one is written', async () => {
      expect(await found()).toEqual([]);
    });

    it('gives back what was written, whole', async () => {
      await write(capsuleOf());

      expect(await found()).toEqual([capsuleOf()]);
    });

    it('keeps the newest of a workflow, and those of others', async () => {
      const other = capsuleOf({ workflowId: 'migrate/111122223333/eu-west-1/other-blue' });
      const newer = capsuleOf({ writtenAt: '2026-11-25T13:00:00.000Z', routes: [albRoute()] });
      await write(capsuleOf({ routes: [albRoute({ greenPercent: 1 })] }));
      await write(other);

      await write(newer);

      expect(await found()).toHaveLength(2);
      expect(await found()).toEqual(expect.arrayContaining([newer, other]));
    });

    it('holds capsules of many routes', async () => {
      const routes = Array.from({ length: 30 }, (_, index) => albRoute({ id: `route-${index}` }));

      await write(capsuleOf({ routes }));

      expect(await found()).toEqual([capsuleOf({ routes })]);
    });

    it('takes one away, and does nothing the second time', async () => {
      await write(capsuleOf());

      await under.capsules.remove(under.place, capsuleOf().workflowId, signal);
      await under.capsules.remove(under.place, capsuleOf().workflowId, signal);

      expect(await found()).toEqual([]);
    });

    it('names where each is, as a person can give it to the command line', async () => {
      await write(capsuleOf());

      const [one] = await under.capsules.list(under.place, signal);

      expect(one?.source).toMatch(/^(?:ssm:|s3:\/)?\/.+shop-blue(?:\.json)?$/u);
    });
  });
}
