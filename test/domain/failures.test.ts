import {
  CutoverFailure,
  FAILURES,
  isFailureType,
  NON_RETRYABLE_FAILURES,
  type FailureType,
} from '#domain/failures.ts';

const TYPES: readonly FailureType[] = Object.keys(FAILURES).filter(isFailureType);

describe('the failure table', () => {
  it.each(TYPES)('tells what a person does about "%s", in one sentence', (type) => {
    expect(FAILURES[type].nextMove).toMatch(/^[a-z`].{10,}[^.]$/u);
  });

  it('names failures as anchors of a page can be named', () => {
    for (const type of TYPES) expect(type).toMatch(/^[a-z]+(?:-[a-z]+)*$/u);
  });

  it('ends a forward activity at exactly the failures that trying again cannot mend', () => {
    expect(NON_RETRYABLE_FAILURES).toEqual(TYPES.filter((type) => !FAILURES[type].retryable));
    expect(NON_RETRYABLE_FAILURES).toEqual(
      expect.arrayContaining(['access-denied', 'stranger-resource', 'internal']),
    );
    for (const passing of ['throttled', 'unavailable', 'conflict', 'waiting', 'not-idle'])
      expect(NON_RETRYABLE_FAILURES).not.toContain(passing);
  });

  it.each([
    ['throttled', true],
    ['Throttled', false],
    ['toString', false],
    ['constructor', false],
    ['', false],
  ])('knows whether "%s" is in it: %s', (text, expected) => {
    expect(isFailureType(text)).toBe(expected);
  });
});

describe('a failure', () => {
  it('says what, on which resource, and the next move; and keeps its cause', () => {
    const cause = new Error('AccessDeniedException');
    const failure = new CutoverFailure('access-denied', 'eks:CreateCluster was denied', {
      resource: 'cluster shop-green',
      cause,
    });

    expect(failure.message).toBe(
      'eks:CreateCluster was denied [cluster shop-green]; next: grant the named permission to the engine role, then `cutover start` again',
    );
    expect(failure).toMatchObject({
      name: 'CutoverFailure',
      type: 'access-denied',
      resource: 'cluster shop-green',
      retryAfterSeconds: undefined,
      cause,
    });
  });

  it('carries when to ask again, for waits', () => {
    const failure = new CutoverFailure('waiting', 'green is CREATING', {
      resource: 'cluster shop-green',
      retryAfterSeconds: 15,
    });

    expect(failure.retryAfterSeconds).toBe(15);
  });
});
