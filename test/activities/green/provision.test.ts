import {
  createStage,
  failureOf,
  greenInput,
  REF,
  resolvedInput,
} from '#test/activities/run-activity.ts';

describe('creating green', () => {
  it('creates one cluster of the planned version with our tags, however often it is asked', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await resolvedInput(stage);
    const green = await once(async () => activities.createGreen(input));
    expect(await once(async () => activities.createGreen(input))).toEqual(green);
    expect(green).toMatchObject({ name: 'shop-green', version: '1.36' });
    expect(world.green?.tags).toEqual({
      'cutover/workflow-id': REF.workflowId,
      'cutover/migration-id': REF.migrationId,
    });
    expect(world.calls.writes('clusters.createLike')).toHaveLength(1);
  });

  it('finds the cluster whose creation answered to a worker that died', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await resolvedInput(stage);
    world.calls.crashAt(2, 'after');
    expect(await failureOf(once(async () => activities.createGreen(input)))).toBe('unavailable');
    const green = await once(async () => activities.createGreen(input));
    expect(green.arn).toBe(world.green?.arn);
    expect(world.calls.writes('clusters.createLike')).toHaveLength(1);
  });

  it("adopts an earlier attempt's green and refuses a stranger's", async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await resolvedInput(stage);
    await once(async () => activities.createGreen(input));
    const next = { ...input, ref: { ...REF, migrationId: '012345abcdef' } };
    const adopted = await once(async () => activities.createGreen(next));
    expect(adopted.arn).toBe(world.green?.arn);
    const stranger = { ...input, ref: { ...REF, workflowId: 'migrate/other' } };
    expect(await failureOf(once(async () => activities.createGreen(stranger)))).toBe(
      'stranger-resource',
    );
  });

  it('refuses a green of an earlier attempt at another version', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await resolvedInput(stage);
    await once(async () => activities.createGreen(input));
    if (world.green !== null) world.green.version = '1.35';
    expect(await failureOf(once(async () => activities.createGreen(input)))).toBe(
      'unexpected-shape',
    );
  });
});

describe('waiting for green', () => {
  it('waits longer from attempt to attempt, to a limit', async () => {
    const stage = createStage({ readyAfterLooks: 100 });
    const { activities, once } = stage;
    const input = await resolvedInput(stage);
    const green = await once(async () => activities.createGreen(input));
    const pauses = await Promise.all(
      [1, 2, 3, 9].map(async (attempt) =>
        once(async () => activities.awaitGreen({ ...input, green }), { attempt }).catch(
          (failure: unknown) => failure,
        ),
      ),
    );
    expect(pauses).toMatchObject(
      [0.01, 0.02, 0.05, 0.05].map((retryAfterSeconds) => ({ type: 'waiting', retryAfterSeconds })),
    );
  });

  it('fails with the health issue when EKS gives up', async () => {
    const stage = createStage();
    stage.world.eks.nextClusterIssue = 'InsufficientFreeAddresses: subnet-1';
    await expect(greenInput(stage)).rejects.toMatchObject({
      type: 'cluster-failed',
      message: expect.stringMatching(/InsufficientFreeAddresses.*next: free addresses/u),
    });
  });

  it('fails when another cluster has taken its place', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await greenInput(stage);
    if (world.green !== null) world.green.createdAt = new Date(0).toISOString();
    expect(await failureOf(once(async () => activities.awaitGreen(input)))).toBe(
      'identity-changed',
    );
  });
});

describe('furnishing green', () => {
  it("gives it blue's node groups and people, and admits the engine", async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await greenInput(stage);
    expect([...(world.green?.nodegroups.keys() ?? [])]).toEqual(['workers']);
    const entries = [...(world.green?.entries.keys() ?? [])];
    expect(entries).toContain(input.resolved.engineArn);
    expect(entries).toContain('arn:aws:iam::111122223333:role/people');
    expect(entries).not.toContain('arn:aws:iam::111122223333:role/nodes');
    const again = await once(async () => activities.furnishGreen(input));
    expect(again).toMatchObject({ nodegroups: 1 });
  });

  it('fails with the health issue of a node group that failed', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await greenInput(stage);
    const part = world.green?.nodegroups.get('workers');
    if (part !== undefined) {
      part.status = 'CREATE_FAILED';
      part.issues = ['InstanceLimitExceeded: m7g.large'];
    }
    await expect(once(async () => activities.awaitNodegroups(input))).rejects.toMatchObject({
      type: 'nodegroup-failed',
      message: expect.stringMatching(/InstanceLimitExceeded.*next: raise the quota of vCPUs/u),
    });
  });

  it('waits for an API server that does not serve yet', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await greenInput(stage);
    world.greenKubernetes.ready = false;
    expect(await failureOf(once(async () => activities.awaitNodegroups(input)))).toBe('waiting');
  });
});

describe('add-ons', () => {
  it("are blue's, in the default version for the target", async () => {
    const stage = createStage();
    const { world, activities, once, settled } = stage;
    const input = await greenInput(stage);
    const facts = await once(async () => activities.installAddons(input));
    expect(facts).toEqual({
      addons: 2,
      probes: expect.stringContaining('none'),
      coredns: 'v1.20.1-eksbuild.3',
      'vpc-cni': 'v1.20.1-eksbuild.3',
    });
    await settled(async () => activities.awaitAddons(input));
    expect([...(world.green?.addons.keys() ?? [])]).toEqual(['vpc-cni', 'coredns']);
  });

  it('are not touched at all when one of them has no version for the target', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await greenInput(stage);
    world.eks.offers.set('vpc-cni', []);
    expect(await failureOf(once(async () => activities.installAddons(input)))).toBe(
      'addon-unavailable',
    );
    expect(world.calls.writes('addons.installLike')).toEqual([]);
  });

  it('that are degraded are waited for, and given up with their issue when they do not recover', async () => {
    const stage = createStage({}, { addonRecoversWithinMs: 60_000 });
    const { world, activities, once } = stage;
    const input = await greenInput(stage);
    await once(async () => activities.installAddons(input));
    const part = world.green?.addons.get('coredns');
    if (part === undefined) throw new Error('blue has this add-on');
    part.looksLeft = 0;
    part.status = 'DEGRADED';
    part.issues = ['InsufficientNumberOfReplicas: 0 of 2'];
    const after = async (elapsedMs: number): Promise<unknown> =>
      once(async () => activities.awaitAddons(input), {
        scheduledTimestampMs: 1_000,
        currentAttemptScheduledTimestampMs: 1_000 + elapsedMs,
      });

    await expect(after(10_000)).rejects.toMatchObject({
      type: 'waiting',
      message: expect.stringContaining('InsufficientNumberOfReplicas: 0 of 2'),
    });
    await expect(after(70_000)).rejects.toMatchObject({
      type: 'addon-failed',
      message: expect.stringMatching(/DEGRADED.*next: its pods do not become ready/u),
    });
  });

  it('fail with their health issue', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await greenInput(stage);
    await once(async () => activities.installAddons(input));
    const part = world.green?.addons.get('coredns');
    if (part !== undefined) part.status = 'CREATE_FAILED';
    expect(await failureOf(once(async () => activities.awaitAddons(input)))).toBe('addon-failed');
  });
});
