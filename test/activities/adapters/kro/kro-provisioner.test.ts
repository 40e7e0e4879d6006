/** What is kro's and ACK's alone: instances, definitions, conditions; on the real kro controller. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DescribeClusterCommand,
} from '@aws-sdk/client-eks';
import { createKroProvisioner } from '#activities/adapters/kro/kro-provisioner.ts';
import { createEksProvisioner } from '#activities/adapters/provision/eks-provisioner.ts';
import { provisionerByWay } from '#activities/adapters/provision/provisioner-by-way.ts';
import type { ClusterDescription } from '#activities/ports/clusters.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { Awaited, GreenOrder, KroWay } from '#activities/ports/provisioner.ts';
import { CutoverFailure, FAILURES } from '#domain/failures.ts';
import { ownershipTags } from '#domain/identity.ts';
import { ackNodegroups } from '#sandbox/hub/ack-objects.ts';
import { applyGraph, resourceGraphDefinitions } from '#sandbox/hub/start-hub.ts';
import { defineResource, untypedResource } from '#sandbox/kubernetes/kubernetes-object.ts';
import { objectSchema } from '#sandbox/kubernetes/kubernetes-object.ts';
import { SET_UP_TIMEOUT_MS } from '#test/contract/kubernetes-under-test.ts';
import {
  hubGround,
  orderOn,
  provisionerUnderTest,
  WITH_KRO,
  type HubGround,
} from '#test/contract/provisioner-under-test.ts';
import { z } from 'zod';
import { GRAPHS } from './graphs.ts';

const { signal } = new AbortController();
const PATIENCE_MS = 30_000;

const instances = defineResource({
  apiVersion: 'kro.run/v1alpha1',
  kind: 'EksGreen',
  plural: 'eksgreens',
  schema: objectSchema.extend({ spec: z.looseObject({}) }),
});
const boxes = untypedResource({
  apiVersion: 'boxes.example.org/v1',
  kind: 'ClusterBox',
  plural: 'clusterboxes',
});

let ground: HubGround;
beforeAll(async () => {
  ground = await hubGround();
}, SET_UP_TIMEOUT_MS);
afterAll(async () => ground.stop());

function order(way: Partial<KroWay> = {}): GreenOrder<KroWay> {
  return { ...orderOn(ground), way: { ...WITH_KRO, ...way } };
}

async function made(green: GreenOrder): Promise<ClusterDescription> {
  return until(async () => {
    const creation = await ground.ports.provisioner.create(green, signal);
    return creation.kind === 'made' ? creation.cluster : creation.awaited;
  });
}

async function whole(green: GreenOrder): Promise<void> {
  await made(green);
  for (const part of ['control-plane', 'nodes'] as const)
    await until(async () => (await ground.ports.provisioner.progress(green, part, signal)) ?? true);
}

async function gone(green: GreenOrder): Promise<void> {
  await until(async () => (await ground.ports.provisioner.remove(green, signal)) ?? true);
}

const PATIENTLY: Awaited = { kind: 'waiting', what: 'the next second', resource: 'clock' };

/** Asks until nothing is awaited; trouble that passes is asked again, as Temporal does. */
async function until<Result>(ask: () => Promise<Result | Awaited>): Promise<Result> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask().catch((cause: unknown): Awaited => {
      if (!(cause instanceof CutoverFailure) || !FAILURES[cause.type].retryable) throw cause;
      return { kind: 'waiting', what: cause.message, resource: cause.resource };
    });
    if (!isAwaited(answer)) return answer;
    if (Date.now() > deadlineMs) throw new Error(`did not come: ${answer.what}`);
    await delay(50);
  }
}

function isAwaited(answer: unknown): answer is Awaited {
  return typeof answer === 'object' && answer !== null && 'what' in answer && 'kind' in answer;
}

describe('an instance', () => {
  it('of a stranger is refused, and left as it is', async () => {
    const green = order();
    const { name } = green.green;
    await made(green);
    const other = { ...green, ref: { ...green.ref, workflowId: 'migrate/1/eu/other' } };
    const before = await ground.admin.get(instances, { namespace: 'default', name });

    await expect(made(other)).rejects.toMatchObject({
      type: 'stranger-resource',
      message: expect.stringContaining(`default/${name} on platform`),
    });

    const after = await ground.admin.get(instances, { namespace: 'default', name });
    // kro's own bookkeeping goes on meanwhile.
    expect(after?.metadata.annotations).toMatchObject(ownershipTags(green.ref));
    expect(after?.spec).toEqual(before?.spec);
  });

  it('has blue’s shape, and over it what the plan sets', async () => {
    const green = order({
      values: { endpointPublicAccess: false, publicAccessCIDRs: [], tags: { cost: 'shop' } },
    });

    const { tags } = await made(green);

    const { spec } = { ...(await ground.admin.get(instances, ref(green))) };
    expect(spec).toMatchObject({
      endpointPublicAccess: false,
      endpointPrivateAccess: true,
      authenticationMode: 'API',
      nodegroups: [{ name: 'workers', minSize: 1, maxSize: 5, desiredSize: 3 }],
    });
    expect(tags).toMatchObject({
      team: 'shop',
      cost: 'shop',
      'cutover/workflow-id': 'migrate/1/eu/blue',
    });
    expect(Object.keys(tags)).not.toContain('karpenter.sh/discovery');
  });

  it('that ACK gave up fails with its message, and is taken up again by a mended attempt', async () => {
    const green = order({ values: { subnetIDs: ['subnet-gone', 'subnet-lost'] } });

    await expect(whole(green)).rejects.toMatchObject({
      type: 'cluster-failed',
      message: expect.stringMatching(
        /ACK gave it up: InvalidParameterException: .*subnet-gone.*Cluster default\/.*next: mend what the message names/u,
      ),
    });
    // Kubernetes tells times in whole seconds: a new attempt is asked for in a later one.
    const failedAt = new Date().toISOString().slice(0, 19);
    await until(async () => new Date().toISOString().slice(0, 19) > failedAt || PATIENTLY);
    const ref = { ...green.ref, migrationId: '0123456789ab' };
    await whole({ ...green, ref, way: WITH_KRO });
  });

  it('says what ACK waits for while EKS is in trouble that passes', async () => {
    const green = order();
    const { world } = ground.aws;
    const fault = world?.faults.add({
      operation: 'CreateCluster',
      where: { name: green.green.name },
      effect: { kind: 'error', code: 'ServerException', status: 500, message: 'not now' },
    });
    const awaited = async (): Promise<string> => {
      const creation = await ground.ports.provisioner.create(green, signal);
      return creation.kind === 'awaited' ? creation.awaited.what : 'made';
    };

    await until(async () => {
      const what = await awaited();
      return /ACK tries again: ServerException: not now/u.test(what)
        ? true
        : { kind: 'waiting', what, resource: '' };
    });
    world?.faults.remove(fault ?? '');
    await whole(green);
  });

  it('brings node groups that an autoscaler may size', async () => {
    const green = order();

    await whole(green);

    const name = `${green.green.name}-workers`;
    const group = await ground.admin.get(ackNodegroups, { namespace: 'default', name });
    expect(group?.metadata.annotations).toMatchObject({
      'eks.services.k8s.aws/desired-size-managed-by': 'external-autoscaler',
    });
  });

  it('that somebody deletes meanwhile fails', async () => {
    const green = order();
    await whole(green);
    await ground.admin.delete(instances, ref(green));

    const progress = ground.ports.provisioner.progress(green, 'nodes', signal);

    await expect(progress).rejects.toMatchObject({ type: 'cluster-failed' });
    await gone(green);
  });
});

describe('a definition', () => {
  it('of the user’s own makes green, whatever its kind’s plural, as long as it takes the tags', async () => {
    await applyGraph(ground.admin, GRAPHS.box);
    await ground.admin.apply(boxAccess, BOX_RULES);
    const green = order({ definition: 'cluster-box', values: { size: 'small' } });

    await whole(green);
    const box = await ground.admin.get(boxes, ref(green));
    await gone(green);

    expect(box).toMatchObject({ spec: { size: 'small', name: green.green.name, version: '1.36' } });
    expect(await ground.ports.clusters.describe(green.green, signal)).toBeNull();
  });

  it('that keeps its cluster (deletion policy retain) leaves nothing behind all the same', async () => {
    await applyGraph(ground.admin, GRAPHS.retained);
    await ground.admin.apply(boxAccess, BOX_RULES);
    const green = order({ definition: 'retained-box' });
    await whole(green);

    await gone(green);

    expect(await ground.ports.clusters.describe(green.green, signal)).toBeNull();
  });

  it('that is not there, or that kro does not serve, is a failure with kro’s word', async () => {
    await ground.admin.apply(resourceGraphDefinitions, GRAPHS.broken);
    const missing = order({ definition: 'nobody' });
    const broken = order({ definition: 'broken-box' });

    await expect(made(missing)).rejects.toMatchObject({
      type: 'unexpected-shape',
      message: expect.stringContaining('nobody on platform'),
    });
    await until(async () => {
      const found = await ground.ports.provisioner.survey(broken, signal);
      const what = found?.definition?.message ?? '';
      return what.includes('nodegroupName') ? true : { kind: 'waiting', what, resource: '' };
    });
    await expect(made(broken)).rejects.toMatchObject({ type: 'unexpected-shape' });
  });
});

describe('a survey of the hub', () => {
  it('finds everything on one that is as it should be', async () => {
    const facts = await ground.ports.provisioner.survey(order(), signal);

    expect(facts).toMatchObject({
      unreachable: null,
      hasKro: true,
      hasNamespace: true,
      definition: { kind: 'EksGreen', isActive: true, isNamespaced: true },
      strangersInstance: null,
      leftOut: ['deletion protection'],
      impossible: null,
    });
  });

  it('tells what is left out also of a blue that has a node group with a launch template', async () => {
    const green = order();
    const name = 'shop-templated';
    const { eks } = ground.aws.owner;
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: green.blue.name }));
    const { subnetIds } = cluster?.resourcesVpcConfig ?? {};
    const made = { name, roleArn: cluster?.roleArn, resourcesVpcConfig: { subnetIds } };
    await eks.send(new CreateClusterCommand({ ...made, deletionProtection: true }));
    const nodegroup = {
      clusterName: name,
      nodegroupName: 'templated',
      nodeRole: cluster?.roleArn,
      subnets: subnetIds,
      launchTemplate: { id: 'lt-0c07e000000000001', version: '1' },
    };
    await until(async () => {
      const { cluster: now } = await eks.send(new DescribeClusterCommand({ name }));
      return now?.status === 'ACTIVE' ? true : { kind: 'waiting', what: name, resource: name };
    });
    await eks.send(new CreateNodegroupCommand(nodegroup));
    const ofTemplated = { ...green, blue: { ...green.blue, name } };

    expect(await ground.ports.provisioner.survey(ofTemplated, signal)).toMatchObject({
      leftOut: ['deletion protection'],
      impossible: null,
    });
  });

  it('tells of a hub that is not there, a namespace, a definition and an instance', async () => {
    const survey = async (way: Partial<KroWay>) =>
      ground.ports.provisioner.survey(order(way), signal);
    const green = order();
    await made(green);
    const other = { ...green, ref: { ...green.ref, workflowId: 'migrate/1/eu/other' } };

    expect((await survey({ hub: 'nobody' }))?.unreachable).toMatch(/there is no such hub/u);
    expect(await survey({ namespace: 'nowhere' })).toMatchObject({ hasNamespace: false });
    expect(await survey({ definition: 'nobody' })).toMatchObject({ definition: null });
    expect(await ground.ports.provisioner.survey(other, signal)).toMatchObject({
      strangersInstance: `EksGreen default/${green.green.name}`,
    });
  });
});

describe('a worker that dies', () => {
  it('at any call of any step leads to exactly one cluster, and to none when it is taken away', async () => {
    const under = provisionerUnderTest(ground);
    const green = { ...under.order, way: WITH_KRO };
    const steps: readonly ((provisioner: typeof ground.ports.provisioner) => Promise<unknown>)[] = [
      async (one) => {
        const creation = await one.create(green, signal);
        return creation.kind === 'made' ? true : creation.awaited;
      },
      async (one) => (await one.progress(green, 'control-plane', signal)) ?? true,
      async (one) => one.furnish(green, signal),
      async (one) => (await one.progress(green, 'nodes', signal)) ?? true,
    ];
    const removal = async (one: typeof ground.ports.provisioner) =>
      (await one.remove(green, signal)) ?? true;

    for (const step of steps) await dyingEverywhere(step);
    expect(under.creations()).toBe(1);
    await dyingEverywhere(removal);

    expect(await ground.ports.clusters.describe(green.green, signal)).toBeNull();
    expect(under.creations()).toBe(1);
    expect(await ground.admin.get(instances, ref(green))).toBeUndefined();
  });
});

function ref({ green, way }: GreenOrder<KroWay>): {
  readonly name: string;
  readonly namespace: string;
} {
  return { name: green.name, namespace: way.namespace };
}

const boxAccess = untypedResource({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
});
const BOX_RULES = {
  metadata: { name: 'boxes' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'Group', name: 'cutover', apiGroup: 'rbac.authorization.k8s.io' }],
};

/** The step, with a worker that dies before or after its first call, its second one, and so on, until it comes through. */
async function dyingEverywhere(
  step: (provisioner: typeof ground.ports.provisioner) => Promise<unknown>,
): Promise<void> {
  for (let n = 1; n <= 40; n += 1)
    for (const when of ['before', 'after'] as const) {
      const mortal = dyingAt(n, when);
      const ended = await step(mortal.provisioner).then(
        (answer) => ({ answer }),
        (cause: unknown) => {
          if (cause instanceof CutoverFailure && FAILURES[cause.type].retryable) return null;
          throw cause;
        },
      );
      if (mortal.hasDied() || ended === null || isAwaited(ended.answer)) continue;
      return;
    }
  await until(async () => {
    const answer = await step(ground.ports.provisioner);
    return isAwaited(answer) ? answer : true;
  });
}

/** A provisioner whose n-th call of a port does not come back. */
function dyingAt(n: number, when: 'before' | 'after') {
  let left = n;
  let isDead = false;
  const dies = new CutoverFailure('unavailable', 'the worker died', { resource: 'worker' });
  const mortal = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          left -= 1;
          if (left === 0) isDead = true;
          if (isDead && when === 'before') throw dies;
          const answer: unknown = await Reflect.apply(member, target, args);
          if (isDead) throw dies;
          return answer;
        };
      },
    });
  const { clusters, nodegroups, kubernetes } = ground.ports;
  const parts = {
    clients: ground.aws.clients,
    clusters: mortal(clusters),
    kubernetes: {
      connect: async (...args: Parameters<typeof kubernetes.connect>): Promise<KubernetesCluster> =>
        mortal(await kubernetes.connect(...args)),
    },
  };
  const eks = createEksProvisioner({ clusters: parts.clusters, nodegroups: mortal(nodegroups) });
  const kro = createKroProvisioner({ ...parts, eks });
  return { provisioner: provisionerByWay({ eks, kro }), hasDied: () => isDead };
}
