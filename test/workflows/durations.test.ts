/** Durations are checked by the compiler: without the path of `ms` in tsconfig.json they silently become `any`. */
import type { sleep } from '@temporalio/workflow';

describe('a duration of the workflow library', () => {
  it('is a number or a text that means a time, or does not compile', () => {
    const accepts = (duration: Parameters<typeof sleep>[0]): unknown => duration;

    expect(accepts('3 days')).toBe('3 days');
    // @ts-expect-error: no duration. An unused expectation is a compile error, too, so this line holds either way.
    expect(accepts('banana')).toBe('banana');
  });
});
