/** `cutover preflight PLAN`: the command line as a process, a real Temporal server, the real activities on a world in memory. */
import { IDLE_NAMESPACE, startCliStage, type CliStage, type Prepared } from '../cli-stage.ts';

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
}, 120_000);
afterAll(() => stage.stop());

async function cloner({ world }: Prepared): Promise<void> {
  await world.blueKubernetes.apply(
    { apiVersion: 'apps/v1', plural: 'deployments' },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'cloner', namespace: 'shop' },
      spec: { replicas: 0, template: { spec: { volumes: [{ name: 'code', gitRepo: {} }] } } },
    },
  );
}

describe('the preflight of a plan', () => {
  it('finds nothing where nothing is wrong, exits 0 and begins no migration', async () => {
    const { file, workflowId, world } = await stage.prepare('shop-well');
    const run = await stage.cutover(['preflight', file, '-o', 'json']);

    expect(run.stderr).toBe('');
    expect(run.json()).toEqual({
      findings: [],
      summary: {
        block: 0,
        warn: 0,
        info: 0,
        from: '1.34',
        to: '1.36',
        ways: expect.arrayContaining([expect.stringContaining('In place does not fit well')]),
      },
    });
    expect(run.code).toBe(0);
    expect(world.eks.clusters.size).toBe(1);
    expect(await stage.migrations.list()).not.toContainEqual(
      expect.objectContaining({ workflowId }),
    );
  }, 60_000);

  it('names what blocks, with evidence, remedy and source, and exits 3', async () => {
    const prepared = await stage.prepare('shop-old');
    prepared.world.blue.status = 'UPDATING';
    await cloner(prepared);
    const run = await stage.cutover(['preflight', prepared.file, '-o', 'json']);

    expect(run.json()).toMatchObject({
      findings: [
        {
          code: 'blue-not-active',
          severity: 'block',
          resource: { apiVersion: '', kind: '', namespace: '', name: 'shop-old' },
          remedy: 'wait until it is ACTIVE, then start again',
          source: expect.stringContaining('EKS API reference'),
        },
        {
          code: 'git-repo-volume',
          severity: 'block',
          resource: {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            namespace: 'shop',
            name: 'cloner',
          },
          evidence: 'volumes code are gitRepo',
          source: expect.stringContaining('kubernetes.io'),
        },
      ],
      summary: { block: 2 },
    });
    expect(run.code).toBe(3);
  }, 60_000);

  it('is satisfied by a waiver, which stays to be seen', async () => {
    const waivers = [
      { code: 'git-repo-volume', reason: 'goes away with the move', expires: '2999-12-31' },
    ];
    const prepared = await stage.prepare('shop-waived', { 'spec.preflight': { waivers } });
    await cloner(prepared);
    const { code, stdout } = await stage.cutover(['preflight', prepared.file]);

    expect(stdout).toContain('waived until 2999-12-31: goes away with the move');
    expect(code).toBe(0);
  }, 60_000);

  it('says what it could not ask, and exits 1', async () => {
    const { file, world } = await stage.prepare('shop-lost');
    world.loadBalancer.rules.splice(0);
    const { code, stdout, stderr } = await stage.cutover(['preflight', file]);

    expect(stderr).toContain('preflight could not ask everything');
    expect(stderr).toContain('docs/failures.md has a section on not-found');
    expect(stdout).toBe('');
    expect(code).toBe(1);
  }, 60_000);

  it('does not wait for a worker that is not there', async () => {
    const { file } = await stage.prepare('shop-alone');
    const { code, stderr } = await stage.cutover(['preflight', file], {
      env: { TEMPORAL_NAMESPACE: IDLE_NAMESPACE },
    });

    expect(stderr).toContain('no worker polls queue cutover');
    expect(code).toBe(6);
  }, 60_000);
});
