/**
 * The pods of a cluster's Deployments, without a process or an object each: who they are and when they begin, are ready and go.
 * Everything else of a pod is written out when somebody asks. Invariants: an address belongs to one pod of all clusters and is
 * never used again; a pod is ready only on a node.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { LightObject } from './light-object.ts';

export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly address: string;
  /** Empty while no node would have it. */
  readonly nodeName: string;
  readonly startedAtMs: number;
  /** Infinity: never. */
  readonly readyAtMs: number;
  /** Infinity: it stays. */
  readonly leavesAtMs: number;
  /** As it was made from; of those up to date the Deployment's very own. */
  readonly template: unknown;
}

/** What the owner of the world decides about a Deployment's pods, beside what their template says. */
export type PodHealth = 'well' | 'never-ready' | 'crash-looping';

export interface WorkloadPodsParts {
  readonly nowMs: () => number;
  readonly nextAddress: () => string;
  /** From its node to its readiness. */
  readonly readyAfterMs: () => number;
  /** From its deletion until it is gone. */
  readonly leaveAfterMs: number;
  /** Names of the nodes that take pods. */
  readonly nodes: () => readonly string[];
}

const NEVER_READY_ANNOTATION = 'sandbox.cutover/never-ready';

export class WorkloadPods {
  readonly #parts: WorkloadPodsParts;
  /** By `namespace/name` of the Deployment. */
  readonly #pods = new Map<string, readonly Pod[]>();
  readonly #health = new Map<string, PodHealth>();
  #placed = 0;

  constructor(parts: WorkloadPodsParts) {
    this.#parts = parts;
  }

  healthOf(deployment: string): PodHealth {
    return this.#health.get(deployment) ?? 'well';
  }

  /** For pods that are there, and those to come. */
  setHealth(deployment: string, health: PodHealth): void {
    this.#health.set(deployment, health);
    const nowMs = this.#parts.nowMs();
    const readyAtMs = health === 'well' ? nowMs : Number.POSITIVE_INFINITY;
    this.#change(deployment, (pod) => (pod.nodeName === '' ? pod : { ...pod, readyAtMs }));
  }

  /** Those that are there, leaving ones too. */
  of(deployment: string): readonly Pod[] {
    const nowMs = this.#parts.nowMs();
    return (this.#pods.get(deployment) ?? []).filter(({ leavesAtMs }) => leavesAtMs > nowMs);
  }

  /** Brings the pods to what the Deployment wants; a changed template replaces them all, old ones going when new ones are ready. */
  follow(deployment: string, { spec: value, metadata }: LightObject): void {
    const spec = fieldsOf(value);
    const { template } = spec;
    const wanted = Number(spec['replicas'] ?? 1);
    const staying = this.of(deployment).filter(({ leavesAtMs }) => leavesAtMs === Infinity);
    const isOurs = (pod: Pod): boolean => isDeepStrictEqual(pod.template, template);
    const kept = staying.filter(isOurs).slice(0, wanted);
    const made = Array.from({ length: wanted - kept.length }, () =>
      this.#made(deployment, metadata.name, template),
    );
    const nowMs = this.#parts.nowMs();
    const replacedAtMs = Math.max(nowMs, ...made.map(({ readyAtMs }) => readyAtMs));
    const leaving = this.of(deployment)
      .filter((pod) => !kept.includes(pod))
      .map((pod) => {
        if (pod.leavesAtMs !== Infinity) return pod;
        const fromMs = isOurs(pod) ? nowMs : replacedAtMs;
        return { ...pod, leavesAtMs: fromMs + this.#parts.leaveAfterMs };
      });
    const updated = kept.map((pod) => ({ ...pod, template }));
    this.#pods.set(deployment, [...updated, ...made, ...leaving]);
  }

  forget(deployment: string): void {
    this.#pods.delete(deployment);
    this.#health.delete(deployment);
  }

  /** As `kubectl delete pod`; false where there is none. The Deployment is to be followed again. */
  remove(deployment: string, name: string): boolean {
    const leavesAtMs = this.#parts.nowMs() + this.#parts.leaveAfterMs;
    return this.#change(deployment, (pod) => (pod.name === name ? { ...pod, leavesAtMs } : pod));
  }

  /** Pods that waited for a node get one; pods of nodes that are gone are gone. Deployments are to be followed again. */
  placeAnew(): void {
    const nodes = this.#parts.nodes();
    for (const [deployment, pods] of this.#pods) {
      const there = pods.filter(({ nodeName }) => nodeName === '' || nodes.includes(nodeName));
      this.#pods.set(
        deployment,
        there.map((pod) =>
          pod.nodeName === '' ? { ...pod, ...this.#start(deployment, pod.template) } : pod,
        ),
      );
    }
  }

  /** When something changes next by itself; Infinity where nothing will. */
  nextChangeMs(): number {
    const nowMs = this.#parts.nowMs();
    const times = [...this.#pods.values()]
      .flat()
      .flatMap(({ readyAtMs, leavesAtMs }) => [readyAtMs, leavesAtMs])
      .filter((atMs) => atMs > nowMs);
    return Math.min(Number.POSITIVE_INFINITY, ...times);
  }

  #change(deployment: string, change: (pod: Pod) => Pod): boolean {
    const before = this.of(deployment);
    const after = before.map(change);
    this.#pods.set(deployment, after);
    return after.some((pod, index) => pod !== before[index]);
  }

  #made(deployment: string, name: string, template: unknown): Pod {
    const uid = randomUUID();
    return {
      name: `${name}-${uid.slice(0, 8)}-${uid.slice(9, 13)}`,
      uid,
      address: this.#parts.nextAddress(),
      template,
      leavesAtMs: Number.POSITIVE_INFINITY,
      ...this.#start(deployment, template),
    };
  }

  #start(
    deployment: string,
    template: unknown,
  ): Pick<Pod, 'nodeName' | 'startedAtMs' | 'readyAtMs'> {
    const nodes = this.#parts.nodes();
    this.#placed += 1;
    const nodeName = nodes[this.#placed % Math.max(1, nodes.length)] ?? '';
    const startedAtMs = this.#parts.nowMs();
    const { annotations } = fieldsOf(fieldsOf(template)['metadata']);
    const isNever =
      nodeName === '' ||
      this.healthOf(deployment) !== 'well' ||
      fieldsOf(annotations)[NEVER_READY_ANNOTATION] === 'true';
    return {
      nodeName,
      startedAtMs,
      readyAtMs: isNever ? Number.POSITIVE_INFINITY : startedAtMs + this.#parts.readyAfterMs(),
    };
  }
}
