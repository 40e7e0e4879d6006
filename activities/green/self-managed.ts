import { CutoverFailure } from '#domain/failures.ts';
import type { SelfManaged } from '#domain/preflight/self-managed-findings.ts';
import {
  carriedCni,
  carriedCorefile,
  type Carried,
} from '#domain/workloads/self-managed-network.ts';
import { blueRef, greenRef } from '#activities/access.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { GreenInput } from '#activities/contract.ts';
import { CONFIG_MAPS, DAEMON_SETS, ENI_CONFIGS } from '#activities/kinds.ts';
import type { KubernetesCluster, ObjectKind } from '#activities/ports/kubernetes.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * The network of a blue whose CNI or CoreDNS are no EKS add-ons. Where they are, the add-ons phase carries their configuration; where
 * they are not, EKS puts its own on green when it makes the control plane, and these settings go over before the first node comes.
 */
interface Part {
  readonly addon: string;
  readonly kind: ObjectKind;
  readonly name: string;
  readonly carry: typeof carriedCni;
}

const NAMESPACE = 'kube-system';
const CNI: Part = { addon: 'vpc-cni', kind: DAEMON_SETS, name: 'aws-node', carry: carriedCni };
const PARTS: readonly Part[] = [
  CNI,
  { addon: 'coredns', kind: CONFIG_MAPS, name: 'coredns', carry: carriedCorefile },
];

/** Those that are no EKS add-on of blue's. @param installed names of its add-ons */
function ownParts(installed: readonly string[]): readonly Part[] {
  return PARTS.filter(({ addon }) => !installed.includes(addon));
}

/** What preflight says of it. Reads only. @param installed names of blue's add-ons */
export async function readSelfManaged(
  blue: KubernetesCluster,
  installed: readonly string[],
  signal: AbortSignal,
): Promise<SelfManaged> {
  const found = await Promise.all(
    ownParts(installed).map(async ({ addon, kind, name }) =>
      (await blue.get(kind, NAMESPACE, name, signal)) === null ? [] : addon,
    ),
  );
  const addons = found.flat();
  return { addons, hasCni: [...installed, ...addons].includes(CNI.addon) };
}

/**
 * Brings the settings over. Identity: the objects themselves. Waits (BENIGN `waiting`) while EKS has not put its own there, or its API
 * server does not admit us yet. Returns what went over and what did not, in words; empty where there is nothing to do.
 */
export async function carrySelfManaged(
  tools: Tools,
  input: GreenInput,
  run: ActivityRun,
): Promise<string> {
  const { spec, resolved, green } = input;
  const { ports } = tools;
  const { signal } = run;
  const installed = await ports.addons.list(blueRef(spec), signal);
  const parts = ownParts(installed.map(({ name }) => name));
  const source = await ports.kubernetes.connect(blueRef(spec), resolved.blue, signal);
  const configs = await source.list(ENI_CONFIGS, null, signal);
  const models = await Promise.all(
    parts.map(async (part) => ({
      part,
      model: await source.get(part.kind, NAMESPACE, part.name, signal),
    })),
  );
  const wanted = models.flatMap(({ part, model }) => (model === null ? [] : [{ part, model }]));
  if (wanted.length === 0 && configs.length === 0) return '';

  const said: string[] = [];
  try {
    const target = await ports.kubernetes.connect(greenRef(spec), green, signal);
    for (const { part, model } of wanted) {
      const { kind, name } = part;
      const twin = await target.get(kind, NAMESPACE, name, signal);
      if (twin === null) throw run.waiting(`EKS has not installed ${part.addon} yet`, green.arn);
      const carried = part.carry(model, twin, resolved.blue.name);
      if (carried.patch !== null) await target.merge(kind, NAMESPACE, name, carried.patch, signal);
      said.push(...inWords(part.addon, carried));
    }
    for (const { apiVersion, kind, metadata, spec: setting } of configs) {
      const object = { apiVersion, kind, metadata: { name: metadata.name }, spec: setting };
      await target.apply(ENI_CONFIGS, object, signal);
      said.push(`ENIConfig ${metadata.name}`);
    }
  } catch (cause) {
    // An access entry of a moment ago is not everywhere yet.
    const isEarly = run.elapsedMs() < tools.timings.accessVisibleWithinMs;
    if (cause instanceof CutoverFailure && cause.type === 'access-denied' && isEarly)
      throw run.waiting('green does not admit the engine yet', green.arn);
    throw cause;
  }
  return said.join('; ');
}

function inWords(addon: string, { set, left }: Carried): readonly string[] {
  return [
    ...(set.length === 0 ? [] : [`${addon}: ${set.join(', ')}`]),
    ...(left.length === 0 ? [] : [`${addon}: not ${left.join(', ')} (names blue)`]),
  ];
}
