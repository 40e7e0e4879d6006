import {
  holdPatch,
  isQuietDeployment,
  isUnfinishedJobOf,
  ranBefore,
  recordedBefore,
  releasePatch,
  restorePatch,
  stopPatch,
} from '#domain/workloads/singletons.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

function cronJob(suspend: boolean, recorded?: string): KubernetesObject {
  const annotations = recorded === undefined ? {} : { 'cutover/suspended-before': recorded };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'report', namespace: 'shop', annotations },
    spec: { suspend },
  };
}

function deployment(replicas: number, recorded?: string): KubernetesObject {
  const annotations = recorded === undefined ? {} : { 'cutover/replicas-before': recorded };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'worker', namespace: 'shop', generation: 2, annotations },
    spec: { replicas, selector: { matchLabels: { app: 'worker' } } },
    status: { observedGeneration: 2, replicas },
  };
}

describe('holding a singleton on blue', () => {
  it('stops it and records what it was, in one patch', () => {
    expect(holdPatch(cronJob(false))).toEqual({
      metadata: { annotations: { 'cutover/suspended-before': 'false' } },
      spec: { suspend: true },
    });
    expect(holdPatch(deployment(3))).toEqual({
      metadata: { annotations: { 'cutover/replicas-before': '3' } },
      spec: { replicas: 0 },
    });
  });

  it('records that it was stopped already', () => {
    expect(holdPatch(cronJob(true))).toMatchObject({
      metadata: { annotations: { 'cutover/suspended-before': 'true' } },
    });
  });

  it('changes nothing the second time, so the record stays', () => {
    expect(holdPatch(cronJob(true, 'false'))).toBeNull();
    expect(holdPatch(deployment(0, '3'))).toBeNull();
  });

  it('stops again what somebody resumed meanwhile, and records that it ran', () => {
    expect(holdPatch(cronJob(false, 'true'))).toMatchObject({
      metadata: { annotations: { 'cutover/suspended-before': 'false' } },
      spec: { suspend: true },
    });
  });
});

describe('releasing a singleton', () => {
  it('makes green what blue was', () => {
    expect(releasePatch(cronJob(true), 'false')).toEqual({ spec: { suspend: false } });
    expect(releasePatch(deployment(0), '3')).toEqual({ spec: { replicas: 3 } });
  });

  it('leaves green alone where blue did not run it either', () => {
    expect(releasePatch(cronJob(true), 'true')).toBeNull();
    expect(releasePatch(deployment(0), '0')).toBeNull();
  });

  it('restores blue and forgets the record', () => {
    expect(restorePatch(deployment(0, '3'), '3')).toEqual({
      metadata: { annotations: { 'cutover/replicas-before': null } },
      spec: { replicas: 3 },
    });
  });

  it('stops green only where it is not stopped', () => {
    expect(stopPatch(cronJob(false))).toEqual({ spec: { suspend: true } });
    expect(stopPatch(deployment(0))).toBeNull();
  });
});

describe('what a singleton was', () => {
  it('is read off its record, or off what it is', () => {
    expect(recordedBefore(cronJob(true))).toBeNull();
    expect(ranBefore(cronJob(true, 'false'))).toBe(true);
    expect(ranBefore(cronJob(true))).toBe(false);
    expect(ranBefore(deployment(0, '2'))).toBe(true);
    expect(ranBefore(deployment(0, '0'))).toBe(false);
    expect(ranBefore(deployment(1))).toBe(true);
  });
});

describe('a singleton is quiet', () => {
  const job = (status: unknown, owner = 'report'): KubernetesObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'report-1',
      namespace: 'shop',
      ownerReferences: [{ kind: 'CronJob', name: owner }],
    },
    status,
  });
  const pod = (app: string, phase: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'pod', namespace: 'shop', labels: { app } },
    status: { phase },
  });

  it('when its Jobs have completed or failed', () => {
    const complete = { conditions: [{ type: 'Complete', status: 'True' }] };
    const failed = { conditions: [{ type: 'Failed', status: 'True' }] };
    const suspended = { conditions: [{ type: 'Suspended', status: 'True' }] };
    expect(isUnfinishedJobOf(cronJob(true), job(complete))).toBe(false);
    expect(isUnfinishedJobOf(cronJob(true), job(failed))).toBe(false);
    expect(isUnfinishedJobOf(cronJob(true), job(suspended))).toBe(true);
    expect(isUnfinishedJobOf(cronJob(true), job({}))).toBe(true);
    expect(isUnfinishedJobOf(cronJob(true), job({}, 'another'))).toBe(false);
  });

  it('when its controller has seen the scale-down and no pod of it is left, not even a terminating one', () => {
    expect(isQuietDeployment(deployment(0), [])).toBe(true);
    expect(isQuietDeployment(deployment(0), [pod('worker', 'Running')])).toBe(false);
    expect(isQuietDeployment(deployment(0), [pod('worker', 'Succeeded')])).toBe(true);
    expect(isQuietDeployment(deployment(0), [pod('web', 'Running')])).toBe(true);
    const unseen = { ...deployment(0), status: { observedGeneration: 1, replicas: 0 } };
    expect(isQuietDeployment(unseen, [])).toBe(false);
  });
});
