import { parseAskedApi } from '#activities/adapters/kubernetes/asked-apis.ts';
import { linesOf } from '#activities/adapters/kubernetes/lines-of.ts';

describe('the metrics of an API server', () => {
  const LINE =
    'apiserver_requested_deprecated_apis{group="",removed_release="1.35",resource="a\\"b",subresource="",version="v1"} 1';

  it.each([
    [LINE, 'a"b'],
    [LINE.replace(/1$/u, '0'), null],
    [LINE.replace(/1$/u, 'NaN'), null],
    ['# HELP apiserver_requested_deprecated_apis', null],
    ['apiserver_requested_deprecated_apis 1', null],
    ['apiserver_requested_deprecated_apis{} 1', null],
  ])('%s', (line, resource) => {
    expect(parseAskedApi(line)?.resource ?? null).toBe(resource);
  });

  it('are read piece by piece, wherever the pieces end, and lines without end are cut', async () => {
    const text = `é x\nkeep one\n${'y'.repeat(200_000)}\nkeep twö\nkeep`;
    const bytes = new TextEncoder().encode(text);
    async function* pieces(size: number): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
    }

    for (const size of [1_000, 4_097, bytes.length])
      expect(await linesOf(pieces(size), 'keep', 'blue/metrics')).toEqual([
        'keep one',
        'keep twö',
        'keep',
      ]);
  });

  it('without end are given up', async () => {
    const piece = new Uint8Array(16 * 1024 * 1024);
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield piece;
    }

    await expect(linesOf(endless(), 'keep', 'blue/metrics')).rejects.toMatchObject({
      type: 'limit-exceeded',
    });
  });
});
