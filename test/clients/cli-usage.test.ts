import { fileURLToPath } from 'node:url';
import { freePorts } from '#sandbox/processes/free-ports.ts';
import { planJsonSchema } from '#clients/plan-schema.ts';
import { planWith, smallestPlan } from '#test/domain/plan/plan-builder.ts';
import { runCli } from './run-cli.ts';

/** What the command line does where no Temporal is needed, or none is there. */

const TEN_MISTAKES = fileURLToPath(new URL('fixtures/ten-mistakes.yaml', import.meta.url));
const DEFAULT_PLAN = fileURLToPath(new URL('../../examples/1-default.yaml', import.meta.url));

/** A line of a stack trace, as V8 prints it. */
const STACK = /^\s+at .+:\d+:\d+\)?$/mu;

describe('wrong usage', () => {
  it.each([
    ['no verb', []],
    ['an unknown verb', ['upgrade']],
    ['an unknown option', ['list', '--everything']],
    ['a missing argument', ['plan']],
    ['one argument too many', ['plan', 'a.yaml', 'b.yaml']],
    ['a format that does not exist', ['list', '-o', 'xml']],
    ['a gate that does not exist', ['approve', '--gate', 'lunch']],
    ['a duration without a unit', ['status', '--timeout', '5']],
    ['a count that is none', ['list', '--limit', 'many']],
    ['force without a reason', ['rollback', '--force']],
    ['a nameless sender', ['start', DEFAULT_PLAN, '--by', '']],
    ['a plan file that is not there', ['start', 'nowhere.yaml']],
  ])('is exit 64 with a sentence on stderr and no stack: %s', async (_, args) => {
    const { code, stdout, stderr } = await runCli(args);

    expect(code).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(STACK);
  });

  it('is told apart from help that was asked for', async () => {
    const [program, verb] = await Promise.all([runCli(['--help']), runCli(['start', '--help'])]);

    expect([program.code, verb.code]).toEqual([0, 0]);
    for (const name of ['plan', 'start', 'status', 'list', 'approve', 'rollback', 'doctor'])
      expect(program.stdout).toContain(`\n  ${name} `);
    expect(verb.stdout).toContain('--until <point>');
  });
});

describe('schema', () => {
  it('prints the JSON schema that plans are checked by', async () => {
    const run = await runCli(['schema']);

    expect(run.code).toBe(0);
    expect(run.json()).toEqual(JSON.parse(JSON.stringify(planJsonSchema())));
  });
});

describe('plan', () => {
  it('prints what a plan will do, as data', async () => {
    const run = await runCli(['plan', '-', '-o', 'json'], {
      stdin: JSON.stringify(smallestPlan()),
    });

    expect(run.code).toBe(0);
    expect(run.json()).toMatchObject({
      plan: 'shop',
      workflowId: 'migrate/111122223333/eu-west-1/shop-blue',
      blue: 'shop-blue',
      green: { cluster: 'shop-green', version: '1.36', with: 'eks' },
      steps: [1, 5, 25, 50, 100].map((percent, index) => ({
        index,
        percent,
        group: 'storefront',
        routeIds: ['route-1'],
        bakeSeconds: 600,
        handOver: percent === 100,
      })),
      leastWaitSeconds: 5 * 600 + 86_400 + 120,
      greenAfterRollback: 'keep',
      capsule: expect.stringContaining('CUTOVER_CAPSULES'),
    });
    expect(run.json()).toHaveProperty('story.7', expect.objectContaining({ kind: 'gate' }));
  });

  it.each([
    [{ with: 'file', directory: '/var/lib/capsules' }, '/var/lib/capsules'],
    [{ with: 'ssm' }, 'ssm:/cutover/migrate/111122223333/eu-west-1/shop-blue'],
    [
      { with: 's3', bucket: 'shop-capsules' },
      's3://shop-capsules/cutover/migrate/111122223333/eu-west-1/shop-blue.json',
    ],
  ])('says where the way back is written down: %j', async (capsule, expected) => {
    const run = await runCli(['plan', '-', '-o', 'json'], {
      stdin: JSON.stringify(planWith({ 'spec.rollback.capsule': capsule })),
    });

    expect(run.json()).toMatchObject({ capsule: expected });
  });

  it('prints the story, the weights, the limits and the way back for people', async () => {
    const { code, stdout } = await runCli(['plan', DEFAULT_PLAN]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/gate shift +1 of sre/u);
    expect(stdout).toMatch(/5 +storefront +web +100 % +\w+ +singletons change sides/u);
    expect(stdout).toContain('at most 1%');
    expect(stdout).toContain('send 100 % of new requests to blue on web');
    expect(stdout).not.toContain('\u001b');
  });

  it('gives the same digest for the same plan, however it is written', async () => {
    const plan = smallestPlan();
    const turned = Object.fromEntries(Object.entries(plan).toReversed());
    const runs = await Promise.all(
      [plan, turned].map((written) =>
        runCli(['plan', '-', '-o', 'json'], { stdin: JSON.stringify(written) }),
      ),
    );

    const [first, second] = runs.map((run) => run.json());
    expect(first).toEqual(second);
  });

  it('names ten mistakes with file, line, column and field, exit 64, no stack', async () => {
    const { code, stdout, stderr } = await runCli(['plan', TEN_MISTAKES]);

    const lines = stderr.split('\n').filter((line) => line.startsWith(`${TEN_MISTAKES}:`));
    expect(code).toBe(64);
    expect(stdout).toBe('');
    expect(lines).toHaveLength(10);
    for (const line of lines) expect(line).toMatch(/:\d+:\d+ {2}spec\.\S+: found .+; allowed: /u);
    expect(stderr).not.toMatch(STACK);
  });
});

describe('sandbox', () => {
  it('gets its arguments as they were typed, options and help included', async () => {
    const [help, wrong] = await Promise.all([
      runCli(['sandbox', '--help']),
      runCli(['sandbox', 'sideways', '--no-color', '-o', 'xml']),
    ]);

    expect(help.code).toBe(0);
    expect(help.stdout).toContain('Usage: cutover sandbox');
    expect(wrong.code).toBe(64);
    expect(wrong.stderr).toContain("unknown command 'sideways'");
  });
});

describe('worker', () => {
  it('passes the exit code of the worker program through', async () => {
    const run = await runCli(['worker'], { env: { CUTOVER_LOG_LEVEL: 'loud' } });

    expect(run.code).toBe(64);
    expect(run.stderr).toContain('CUTOVER_LOG_LEVEL is "loud"');
  });
});

describe('without a Temporal server', () => {
  let address: string;
  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    address = `127.0.0.1:${port}`;
  });

  it('says what cannot be reached and what to do, exit 1', async () => {
    const run = await runCli(['start', DEFAULT_PLAN], { env: { TEMPORAL_ADDRESS: address } });

    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`cannot reach Temporal at ${address}`);
    expect(run.stderr).toContain('next: ');
    expect(run.stderr).not.toMatch(STACK);
  });

  it('doctor reports it as one failed check and skips what depends on it, exit 1', async () => {
    const run = await runCli(['doctor', DEFAULT_PLAN, '-o', 'json'], {
      env: { TEMPORAL_ADDRESS: address },
    });

    expect(run.code).toBe(1);
    expect(run.json()).toMatchObject({
      checks: [
        { name: 'Node', status: 'ok' },
        { name: 'Temporal', status: 'fail' },
        { name: 'Temporal namespace', status: 'skipped' },
        { name: 'search attributes', status: 'skipped' },
        { name: 'workers', status: 'skipped' },
        { name: 'plan', status: 'ok' },
      ],
    });
  });

  it('says which configuration file is wrong', async () => {
    const run = await runCli(['list'], { env: { TEMPORAL_CONFIG_FILE: DEFAULT_PLAN } });

    expect(run.code).toBe(1);
    expect(run.stderr).toContain('TEMPORAL_CONFIG_FILE');
    expect(run.stderr).not.toMatch(STACK);
  });
});
