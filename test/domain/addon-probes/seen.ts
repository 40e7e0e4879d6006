/** Objects of probes as a cluster would show them, with the fields that decide and no others. */
import { probedNodes } from '#domain/addon-probes/probe-nodes.ts';
import { slugsOf, type Probe } from '#domain/addon-probes/probe.ts';
import { probeObjectName, type ProbeSetting } from '#domain/addon-probes/probe-setting.ts';
import type { Looked } from '#domain/addon-probes/probe-verdict.ts';
import type { SeenObjects } from '#domain/addon-probes/seen-objects.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { fakeNode } from '#test/fakes/fake-probes.ts';

export const SETTING: ProbeSetting = {
  ref: { workflowId: 'migrate/1/eu/blue', migrationId: 'abcdef012345' },
  image: 'registry.example/node:24',
  namespace: 'cutover-probes',
  forSeconds: 60,
  program: 'a program',
};

export const NOTHING: SeenObjects = { jobs: [], pods: [], claims: [], services: [], events: [] };

export const nameOf = (slug: string, part = ''): string => probeObjectName(SETTING, slug, part);

export function lookedAt(
  probes: readonly Probe[],
  seen: Partial<SeenObjects>,
  rest: Partial<Looked> = {},
): Looked {
  const nodes = probedNodes([fakeNode('one'), fakeNode('two')]).length;
  return {
    asking: { setting: SETTING, nodes, slugs: slugsOf(probes) },
    seen: { ...NOTHING, ...seen },
    refused: new Map(),
    metricsApi: null,
    timeIsUp: false,
    isOver: false,
    ...rest,
  };
}

export function job(name: string, ended?: 'Complete' | 'Failed'): KubernetesObject {
  const conditions =
    ended === undefined
      ? []
      : [{ type: ended, status: 'True', reason: 'DeadlineExceeded', message: 'too long' }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { completions: 2 },
    status: { conditions },
  };
}

export function pod(
  of: string,
  status: { readonly phase: string; readonly nodeName?: string; readonly message?: string },
): KubernetesObject {
  const { phase, nodeName, message } = status;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${of}-x`, labels: { 'batch.kubernetes.io/job-name': of } },
    spec: { nodeName },
    status: { phase, containerStatuses: [{ state: { terminated: { message } } }] },
  };
}

export function event(about: string, reason: string, message: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${about}.${reason}` },
    type: 'Warning',
    involvedObject: { name: about },
    reason,
    message,
    lastTimestamp: '2026-11-26T12:00:00Z',
  };
}
