import { WorkQueue } from '#sandbox/load-balancer-controller/work-queue.ts';
import { eventually } from '../data-plane/eventually.ts';

describe('the work queue', () => {
  it('works on each key once for whatever happened while it waited, one at a time', async () => {
    const worked: string[] = [];
    let atOnce = 0;
    const queue = new WorkQueue(async (key) => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      await Promise.resolve();
      worked.push(key);
      atOnce -= 1;
    });
    queue.add('a');
    queue.add('b');
    queue.add('a');
    expect(worked).toEqual([]);

    queue.start();
    await eventually('both are done', () => worked.length === 2);
    queue.add('a');
    await eventually('a came again', () => worked.length === 3);

    expect(worked).toEqual(['a', 'b', 'a']);
    await queue.stop();
  });

  it('works again on a key that changed during its work', async () => {
    const release = Promise.withResolvers<void>();
    let times = 0;
    const queue = new WorkQueue(async () => {
      times += 1;
      if (times === 1) await release.promise;
    });
    queue.start();
    queue.add('a');
    await eventually('work began', () => times === 1);
    queue.add('a');
    release.resolve();

    await eventually('worked again', () => times === 2);
    await queue.stop();
  });

  it('tries a failed key again and remembers why until it succeeds', async () => {
    let times = 0;
    const queue = new WorkQueue(() => {
      times += 1;
      return times === 1 ? Promise.reject(new Error('throttled')) : Promise.resolve();
    });
    queue.start();
    queue.add('a');
    await eventually('it failed', () => 'a' in queue.failures());
    expect(queue.failures()['a']).toContain('throttled');

    await eventually('it succeeded', () => !('a' in queue.failures()));
    expect(times).toBe(2);
    await queue.stop();
  });
});
