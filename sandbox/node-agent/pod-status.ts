/** What a kubelet writes about a pod. Pure, but for the clock that is passed in. */
import type { AgentPod } from './agent-resources.ts';
import type { PodEnd } from './pod-process.ts';

export function creatingStatus(pod: AgentPod): object {
  return {
    phase: 'Pending',
    containerStatuses: containers(pod, { waiting: { reason: 'ContainerCreating' } }, false),
  };
}

export function runningStatus(pod: AgentPod, podIp: string, now: string): object {
  return {
    phase: 'Running',
    startTime: now,
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    conditions: conditions('True', now),
    containerStatuses: containers(pod, { running: { startedAt: now } }, true),
  };
}

export function endedStatus(pod: AgentPod, { exitCode, message }: PodEnd, now: string): object {
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    conditions: conditions('False', now),
    containerStatuses: containers(
      pod,
      { terminated: { exitCode, reason, message, finishedAt: now }, running: null },
      false,
    ),
  };
}

function conditions(ready: 'True' | 'False', lastTransitionTime: string): readonly object[] {
  return [
    { type: 'PodScheduled', status: 'True', lastTransitionTime },
    { type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime },
    { type: 'Initialized', status: 'True', lastTransitionTime },
    { type: 'ContainersReady', status: ready, lastTransitionTime },
    { type: 'Ready', status: ready, lastTransitionTime },
  ];
}

function containers(pod: AgentPod, state: object, ready: boolean): readonly object[] {
  return pod.spec.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: '',
    restartCount: 0,
    started: ready,
    ready,
    state,
  }));
}
