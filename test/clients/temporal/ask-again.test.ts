import { QueryNotRegisteredError } from '@temporalio/client';
import { askAgain } from '#clients/temporal/ask-again.ts';

const INVALID_ARGUMENT = 3;
const refusal = (): Error =>
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is in @grpc/grpc-js, which only the SDK may depend on
  new QueryNotRegisteredError('ask again', INVALID_ARGUMENT);

/** Refuses so often, then answers; counts. */
function workflowThat(causes: readonly Error[]) {
  const left = [...causes];
  const asked = { times: 0 };
  const query = async (): Promise<string> => {
    asked.times += 1;
    const cause = left.shift();
    return cause === undefined ? 'answer' : Promise.reject(cause);
  };
  return { asked, query };
}

describe('a question to a workflow', () => {
  it('that is refused is asked again', async () => {
    const { asked, query } = workflowThat([refusal(), refusal()]);

    expect(await askAgain(query)).toBe('answer');
    expect(asked.times).toBe(3);
  });

  it('that is refused three times is refused', async () => {
    const { asked, query } = workflowThat([refusal(), refusal(), refusal()]);

    await expect(askAgain(query)).rejects.toBeInstanceOf(QueryNotRegisteredError);
    expect(asked.times).toBe(3);
  });

  it('that met something else is not asked again', async () => {
    const { asked, query } = workflowThat([new Error('nobody is there')]);

    await expect(askAgain(query)).rejects.toThrow('nobody is there');
    expect(asked.times).toBe(1);
  });
});
