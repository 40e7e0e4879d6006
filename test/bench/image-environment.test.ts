import { imageEnvironment } from '../../bench/image-environment.ts';

it('the worker that is measured has the bounds of memory that the image gives its own', async () => {
  const bounds = await imageEnvironment();

  expect(bounds['NODE_OPTIONS']).toMatch(/^--max-old-space-size=\d+ --max-semi-space-size=\d+$/u);
  expect(Object.keys(bounds)).toEqual(
    expect.arrayContaining([
      'MALLOC_ARENA_MAX',
      'MALLOC_TRIM_THRESHOLD_',
      'MALLOC_MMAP_THRESHOLD_',
    ]),
  );
});
