/**
 * Does what must run in one cluster only run in both (I7)? Looked at all the time, from behind: a CronJob counts as running where it is not
 * suspended.
 */
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { LightKubernetes } from '#sandbox/light-kubernetes/light-kubernetes.ts';
import { SHOP_NAMESPACE_NAME } from '#sandbox/shop/manifests.ts';

const LOOK_EVERY_MS = 100;

export interface SingletonWatch {
  /** Names of those that would start now. */
  running(cluster: string): readonly string[];
  /** What was seen to run on both sides, in words; empty in a good run. */
  seenTwice(): readonly string[];
  stop(): void;
}

export function watchSingletons(
  light: LightKubernetes,
  { blue, green }: { readonly blue: string; readonly green: string },
): SingletonWatch {
  const twice = new Set<string>();
  const running = (name: string): readonly string[] => {
    if (!light.clusters().includes(name)) return [];
    const cluster = light.cluster(name);
    return cluster
      .list(cluster.objects.kinds.ofKind('batch/v1', 'CronJob'), SHOP_NAMESPACE_NAME)
      .filter((cronJob) => fieldsOf(cronJob['spec'])['suspend'] !== true)
      .map(({ metadata }) => metadata.name);
  };
  const timer = setInterval(() => {
    const onGreen = running(green);
    for (const name of running(blue)) if (onGreen.includes(name)) twice.add(name);
  }, LOOK_EVERY_MS);
  return {
    running,
    seenTwice: () => [...twice].map((name) => `CronJob ${name} was running in both clusters (I7)`),
    stop: () => clearInterval(timer),
  };
}
