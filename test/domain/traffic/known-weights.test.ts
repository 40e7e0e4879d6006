import { knownWeightsIn } from '#domain/traffic/known-weights.ts';

describe('what a run says of its weights', () => {
  it.each([
    { expected: { web: [50, 100], api: [] }, greenSince: '2026-11-26T10:00:00.000Z' },
    { expected: {}, greenSince: null },
  ])('is read: %j', (answer) => {
    expect(knownWeightsIn(answer)).toEqual(answer);
  });

  it.each([
    undefined,
    null,
    'text',
    [],
    {},
    { expected: null, greenSince: null },
    { expected: { web: 50 }, greenSince: null },
    { expected: { web: ['50'] }, greenSince: null },
    { expected: {}, greenSince: 5 },
    { expected: {} },
  ])('is nothing where it is something else: %j', (answer) => {
    expect(knownWeightsIn(answer)).toBeNull();
  });
});
