import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createSsmCapsules } from '#activities/adapters/capsules/ssm-capsules.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { ACCESS, startEmulatedAws, type EmulatedAws } from '#test/contract/emulated-aws.ts';
import { albRoute, capsuleOf } from '#test/domain/capsule/capsules.ts';

const { signal } = new AbortController();
const PLACE = { with: 'ssm', prefix: '/cutover', access: ACCESS } as const;
const PATH = '/cutover/migrate/111122223333/eu-west-1/shop-blue';
let aws: EmulatedAws;
let person: SSMClient;

beforeEach(async () => {
  aws = await startEmulatedAws();
  person = new SSMClient({ region: REGION, credentials: { ...SANDBOX_CREDENTIALS } });
});
afterEach(async () => {
  person.destroy();
  await aws.stop();
});

const puts = (): readonly unknown[] =>
  (aws.world?.audit.entries({ operation: 'PutParameter' }) ?? []).flatMap(({ input, result }) =>
    result.kind === 'ok' ? [{ input, output: result.output }] : [],
  );
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => albRoute({ id: `route-${index}` }));

describe('a capsule in Parameter Store', () => {
  it('is one standard parameter where it is small, as plain text', async () => {
    await createSsmCapsules(aws).write(PLACE, capsuleOf(), signal);

    expect(puts()).toMatchObject([{ input: { Name: `${PATH}/1` }, output: { Tier: 'Standard' } }]);
    const { Parameters } = await person.send(
      new GetParametersByPathCommand({ Path: PATH, Recursive: true }),
    );
    expect(parseCapsule(Parameters?.[0]?.Value ?? '')).toEqual({ ok: true, capsule: capsuleOf() });
  });

  it('takes the advanced tier and several parameters where it is large, each of use alone', async () => {
    await createSsmCapsules(aws).write(PLACE, capsuleOf({ routes: many(12) }), signal);

    expect(puts().length).toBeGreaterThan(1);
    expect(puts()[0]).toMatchObject({ output: { Tier: 'Advanced' } });
    const { Parameters = [] } = await person.send(
      new GetParametersByPathCommand({ Path: PATH, Recursive: true }),
    );
    for (const { Value = '' } of Parameters) expect(parseCapsule(Value).ok).toBe(true);
  });

  it('forgets routes of an attempt before', async () => {
    const capsules = createSsmCapsules(aws);
    await capsules.write(PLACE, capsuleOf({ routes: many(12) }), signal);
    const newer = capsuleOf({
      migrationId: 'bbbbbbbbbbbb',
      writtenAt: '2026-11-26T12:00:00.000Z',
      routes: many(1),
    });

    await capsules.write(PLACE, newer, signal);

    const [found] = await capsules.list(PLACE, signal);
    expect(parseCapsule(found?.text ?? '')).toEqual({ ok: true, capsule: newer });
  });

  it('shows what somebody else put there as it is, so that a reader refuses it', async () => {
    await person.send(
      new PutParameterCommand({ Name: `${PATH}/1`, Value: 'hello', Type: 'String' }),
    );

    expect(await createSsmCapsules(aws).list(PLACE, signal)).toEqual([
      { source: `ssm:${PATH}`, text: 'hello' },
    ]);
  });

  it('that may not be written says which and why', async () => {
    aws.world?.faults.add({
      operation: 'PutParameter',
      effect: { kind: 'error', code: 'AccessDeniedException', status: 400 },
    });

    const written = createSsmCapsules(aws).write(PLACE, capsuleOf(), signal);

    await expect(written).rejects.toMatchObject({
      type: 'capsule-not-written',
      resource: `ssm:${PATH}`,
      message: expect.stringContaining('AccessDenied'),
    });
  });
});
