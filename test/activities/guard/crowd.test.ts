import { createCrowd, type Crowd, type Place } from '#activities/guard/crowd.ts';

/** Whoever brings users back goes before those who only look. */
const CROWD = 21;

async function places(crowd: Crowd, count: number): Promise<readonly Place[]> {
  const found: Place[] = [];
  for (let each = 0; each < count; each += 1)
    void crowd.join(async (place) => {
      found.push(place);
      await new Promise(() => undefined);
    });
  await Promise.resolve();
  return found;
}

function restsOf(): { readonly run: { rest(ms: number): Promise<void> }; waitedMs(): number } {
  let waited = 0;
  return {
    waitedMs: () => waited,
    run: {
      rest: async (ms) => {
        waited += ms;
        await Promise.resolve();
      },
    },
  };
}

describe('a look in a crowd', () => {
  it('waits while users are brought back, for two seconds at most', async () => {
    const crowd = createCrowd();
    const [place] = await places(crowd, CROWD);
    const over = Promise.withResolvers<string>();
    const pull = crowd.hurry(async () => over.promise);
    const rests = restsOf();

    await place?.giveWay(rests.run);

    expect(rests.waitedMs()).toBe(2_000);
    over.resolve('back');
    await expect(pull).resolves.toBe('back');
  });

  it('begins as soon as they are back, and at once where nobody is in a hurry', async () => {
    const crowd = createCrowd();
    const [place] = await places(crowd, CROWD);
    const over = Promise.withResolvers<void>();
    const pull = crowd.hurry(async () => over.promise);
    let waited = 0;
    const run = {
      rest: async (ms: number) => {
        waited += ms;
        if (waited !== 300) return;
        over.resolve();
        await pull;
      },
    };

    await place?.giveWay(run);
    await place?.giveWay(run);

    expect(waited).toBe(300);
  });

  it('waits for nobody whose way back failed', async () => {
    const crowd = createCrowd();
    const [place] = await places(crowd, CROWD);
    const pull = crowd.hurry(async () => Promise.reject(new Error('no answer')));
    await expect(pull).rejects.toThrow('no answer');
    const rests = restsOf();

    await place?.giveWay(rests.run);

    expect(rests.waitedMs()).toBe(0);
  });

  it('waits for nobody where there are few', async () => {
    const crowd = createCrowd();
    const [place] = await places(crowd, CROWD - 1);
    void crowd.hurry(async () => new Promise(() => undefined));
    const rests = restsOf();

    await place?.giveWay(rests.run);

    expect(rests.waitedMs()).toBe(0);
  });
});
