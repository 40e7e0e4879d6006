/**
 * What the controller writes on its bindings: the finalizer that lets it take targets out before a binding goes, and the
 * status that says whether the binding is followed. Called by controller.ts.
 */
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { targetGroupBindings, type TargetGroupBinding } from './target-group-binding.ts';

const FINALIZER = 'elbv2.k8s.aws/resources';

type Patcher = Pick<AdminClient, 'patch'>;

export async function addFinalizer(client: Patcher, binding: TargetGroupBinding): Promise<void> {
  const { finalizers } = binding.metadata;
  if (finalizers.includes(FINALIZER)) return;
  await setFinalizers(client, binding, [...finalizers, FINALIZER]);
}

export async function removeFinalizer(client: Patcher, binding: TargetGroupBinding): Promise<void> {
  const { finalizers } = binding.metadata;
  if (!finalizers.includes(FINALIZER)) return;
  await setFinalizers(
    client,
    binding,
    finalizers.filter((finalizer) => finalizer !== FINALIZER),
  );
}

/** Written only when it says something new, so that the controller does not wake itself. */
export async function writeStatus(
  client: Patcher,
  binding: TargetGroupBinding,
  ready: boolean,
  message: string,
): Promise<void> {
  const generation = binding.metadata['generation'];
  const status = ready ? 'True' : 'False';
  const before = binding.status;
  const said = before?.conditions.find(({ type }) => type === 'Ready');
  if (
    before?.observedGeneration === generation &&
    said?.status === status &&
    said.message === message
  ) {
    return;
  }
  const condition = {
    type: 'Ready',
    status,
    reason: ready ? 'Reconciled' : 'FailedReconcile',
    message,
    observedGeneration: generation,
    lastTransitionTime:
      said?.status === status && said.lastTransitionTime !== undefined
        ? said.lastTransitionTime
        : new Date().toISOString(),
  };
  await client.patch(
    targetGroupBindings,
    { name: binding.metadata.name, namespace: binding.metadata.namespace },
    { status: { observedGeneration: generation, conditions: [condition] } },
    { subresource: 'status' },
  );
}

async function setFinalizers(
  client: Patcher,
  { metadata }: TargetGroupBinding,
  finalizers: readonly string[],
): Promise<void> {
  await client.patch(
    targetGroupBindings,
    { name: metadata.name, namespace: metadata.namespace },
    // The version makes the write fail when somebody else changed the list meanwhile; the next round tries again.
    { metadata: { finalizers, resourceVersion: metadata.resourceVersion } },
  );
}
