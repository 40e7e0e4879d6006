import { EnvironmentError, readEnvironment } from '#workers/environment.ts';

describe('the environment of the worker', () => {
  it('has a default for everything', () => {
    expect(readEnvironment({})).toMatchObject({
      logLevel: 'info',
      metricsAddress: undefined,
      deployment: undefined,
      shutdownGraceSeconds: 20,
    });
  });

  it('is versioned when a versioning controller says so', () => {
    const { deployment } = readEnvironment({ TEMPORAL_WORKER_BUILD_ID: 'b7' });

    expect(deployment).toEqual({ name: 'cutover', buildId: 'b7' });
  });

  it.each([
    ['CUTOVER_LOG_LEVEL', 'loud'],
    ['CUTOVER_METRICS_ADDRESS', 'everywhere'],
    ['CUTOVER_SHUTDOWN_GRACE_SECONDS', 'soon'],
    ['CUTOVER_SHUTDOWN_GRACE_SECONDS', '-1'],
  ])('refuses %s=%s and names the variable', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(EnvironmentError);
    expect(() => readEnvironment({ [name]: value })).toThrow(name);
  });
});
