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

  it.each([
    [{ CUTOVER_CAPSULES: '/var/lib/capsules' }, '/var/lib/capsules'],
    [{ XDG_STATE_HOME: '/state' }, '/state/cutover/capsules'],
  ])('keeps capsules where %j says', (env, expected) => {
    expect(readEnvironment(env).capsulesDirectory).toBe(expected);
  });

  it('may say which hosts plans may name', () => {
    expect(readEnvironment({}).allowedHosts).toBeUndefined();
    expect(
      readEnvironment({ CUTOVER_ALLOWED_HOSTS: '*.Example.com, prometheus.monitoring' })
        .allowedHosts,
    ).toEqual(['*.example.com', 'prometheus.monitoring']);
  });

  it('knows the tokens that EKS gives pods their AWS roles by', () => {
    expect(readEnvironment({}).roleTokenFiles).toEqual([]);
    expect(
      readEnvironment({
        AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/irsa',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/var/run/pod-identity',
      }).roleTokenFiles,
    ).toEqual(['/var/run/irsa', '/var/run/pod-identity']);
  });

  it('is versioned when a versioning controller says so', () => {
    const { deployment } = readEnvironment({ TEMPORAL_WORKER_BUILD_ID: 'b7' });

    expect(deployment).toEqual({ name: 'cutover', buildId: 'b7' });
  });

  it('holds secrets by the name that a plan calls them', () => {
    const { tokens } = readEnvironment({
      CUTOVER_TOKEN_PROD_METRICS: 'abc',
      CUTOVER_LOG_LEVEL: 'info',
      AWS_SECRET_ACCESS_KEY: 'not for plans',
    });

    expect([...tokens]).toEqual([['prod-metrics', 'abc']]);
  });

  it('does not repeat a token that it refuses', () => {
    const read = (): unknown => readEnvironment({ CUTOVER_TOKEN_X: 'two words' });

    expect(read).toThrow('CUTOVER_TOKEN_X');
    expect(read).not.toThrow('two words');
  });

  it.each([
    ['CUTOVER_LOG_LEVEL', 'loud'],
    ['CUTOVER_METRICS_ADDRESS', 'everywhere'],
    ['CUTOVER_SHUTDOWN_GRACE_SECONDS', 'soon'],
    ['CUTOVER_SHUTDOWN_GRACE_SECONDS', '-1'],
    ['CUTOVER_CAPSULES', 'relative/path'],
    ['CUTOVER_ALLOWED_HOSTS', 'example.com,'],
    ['CUTOVER_ALLOWED_HOSTS', 'https://example.com'],
  ])('refuses %s=%s and names the variable', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(EnvironmentError);
    expect(() => readEnvironment({ [name]: value })).toThrow(name);
  });
});
