/** `cutover certify PLAN`: the command line as a process, a real Temporal server, the real workflow and activities on a world in memory. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { certificationIdOf } from '#clients/migrations/run-certification.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { startCliStage, type CliStage, type Prepared } from '../cli-stage.ts';

const PROBED = {
  'spec.addons': { probes: { image: 'registry.example/node:24', for: '10s' } },
};
const TIMEOUT_MS = 60_000;

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
}, 120_000);
afterAll(() => stage.stop());

/** A plan, and where its verdicts go. */
async function prepared(blue: string) {
  const all = await stage.prepare(blue, PROBED);
  const matrix = join(all.file, '..', `${blue}-matrix.json`);
  const junit = join(all.file, '..', `${blue}-junit.xml`);
  const certify = async (...more: readonly string[]) =>
    stage.cutover(['certify', all.file, '--matrix', matrix, '--junit', junit, ...more]);
  return { ...all, matrix, junit, certify };
}

function clustersOf({ world }: Pick<Prepared, 'world'>): readonly string[] {
  return [...world.eks.clusters.values()].map(({ name }) => name);
}

async function wasCancelled(workflowId: string): Promise<boolean> {
  const { events } = await stage.env.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).some(
    (event) =>
      event.workflowExecutionCancelRequestedEventAttributes !== null &&
      event.workflowExecutionCancelRequestedEventAttributes !== undefined,
  );
}

function creations({ world }: Pick<Prepared, 'world'>): number {
  return world.calls.writes('clusters.createLike').length;
}

it(
  'tries the add-ons on a cluster of their own, keeps the verdicts, and adds nothing the second time',
  async () => {
    const under = await prepared('shop-tried');
    const first = await under.certify('-o', 'json');

    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    expect(first.json()).toMatchObject({
      tried: true,
      added: 2,
      addons: [
        { addon: 'coredns', row: { result: 'passed', probes: ['dns-inside'] } },
        { addon: 'vpc-cni', row: { result: 'passed', probes: ['pod-on-every-node'] } },
      ],
    });
    const junit = await readFile(under.junit, 'utf8');
    expect(junit).toContain('<testcase classname="coredns" name="dns-inside">');
    expect(junit).toContain('failures="0"');
    expect(clustersOf(under)).toEqual(['shop-tried']);
    const matrix = await readFile(under.matrix, 'utf8');

    const second = await under.certify('-o', 'json');

    expect(second.code).toBe(0);
    expect(second.json()).toMatchObject({ tried: false, added: 0 });
    expect(await readFile(under.matrix, 'utf8')).toBe(matrix);
    expect(creations(under)).toBe(1);
    const known = await readFile(under.junit, 'utf8');
    expect(known).toMatch(/<skipped message="passed on \d{4}-\d\d-\d\d; not tried again"\/>/u);

    const plan = await stage.cutover(['plan', under.file, '--matrix', under.matrix]);
    expect(plan.stdout).toContain('certified on 1.36');
    expect(plan.stdout).toMatch(/coredns +v1\.20\.1-eksbuild\.3 +passed +\d{4}/u);
  },
  TIMEOUT_MS,
);

it(
  'exits 3 where an add-on does not do its work, and says which',
  async () => {
    const under = await prepared('shop-mute');
    under.world.greenKubernetes.failingProbes.set('dns-inside', 'nobody answers');
    const { code, stdout } = await under.certify();

    expect(code).toBe(3);
    expect(stdout).toMatch(/coredns +v1\.20\.1-eksbuild\.3 +failed/u);
    const junit = await readFile(under.junit, 'utf8');
    expect(junit).toContain('nobody answers');
    expect(junit).toContain('failures="1"');
    expect(clustersOf(under)).toEqual(['shop-mute']);
    // The verdict stands: it is not tried again until somebody takes its row out.
    expect((await under.certify()).code).toBe(3);
    expect(creations(under)).toBe(1);
  },
  TIMEOUT_MS,
);

it(
  'leaves no cluster behind when it is stopped, and the matrix as it was',
  async () => {
    const under = await prepared('shop-stopped');
    const held = under.world.calls.holdNext('nodegroups.createLike');
    const id = certificationIdOf(under.plan, '1.36');
    // Asked to end while a creation is on its way.
    const release = async (): Promise<void> => {
      await held.reached;
      await eventually('the wish to end', async () => wasCancelled(id), TIMEOUT_MS);
      held.release();
    };
    const released = release();
    const { code, stderr } = await stage.cutover(
      ['certify', under.file, '--matrix', under.matrix],
      { signal: { after: held.reached, name: 'SIGINT' } },
    );

    await released;
    expect(stderr).toContain('the throw-away cluster is deleted first');
    expect(code).toBe(130);
    expect(creations(under)).toBe(1);
    expect(clustersOf(under)).toEqual(['shop-stopped']);
    await expect(readFile(under.matrix, 'utf8')).rejects.toMatchObject({ code: 'ENOENT' });
  },
  TIMEOUT_MS,
);

it(
  'deletes the cluster of a run that was terminated before it makes its own',
  async () => {
    const under = await prepared('shop-left');
    const { world } = under;
    const { access } = under.plan.spec;
    const left = world.eks.addCluster(
      { access: access.default, name: 'shop-left-certify-1-36' },
      '1.36',
    );
    const { account, region } = access.default;
    left.tags = { 'cutover/workflow-id': `certify/${account}/${region}/shop-left/1.36` };
    const { code } = await under.certify();

    expect(code).toBe(0);
    expect(world.calls.writes('clusters.delete')).toHaveLength(2);
    expect(clustersOf(under)).toEqual(['shop-left']);
  },
  TIMEOUT_MS,
);

it(
  'says why it could not try them, and still deletes what it made',
  async () => {
    const under = await prepared('shop-unable');
    const misfit = { path: 'ipvs', found: 'an object', allowed: 'no such field' };
    under.world.eks.addonMisfits.set('coredns', [misfit]);
    const { code, stderr } = await under.certify();

    expect(code).toBe(1);
    expect(stderr).toContain('the add-ons could not be tried');
    expect(stderr).toContain('ipvs: blue has an object, allowed is no such field');
    expect(clustersOf(under)).toEqual(['shop-unable']);
  },
  TIMEOUT_MS,
);

it('asks for what it cannot do without', async () => {
  const { file } = await stage.prepare('shop-imageless');
  const run = await stage.cutover(['certify', file]);
  expect(run.code).toBe(64);
  expect(run.stderr).toContain('addons.probes.image');

  const under = await prepared('shop-torn');
  const wrong = await stage.cutover(['certify', under.file, '--matrix', under.file]);
  expect(wrong.code).toBe(64);
  expect(wrong.stderr).toContain('is no matrix of add-ons');
  await rm(under.matrix, { force: true });
});
