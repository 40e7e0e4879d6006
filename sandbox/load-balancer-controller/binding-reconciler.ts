/**
 * Makes one target group hold what one TargetGroupBinding says: registers the ready pods that are missing and deregisters
 * every other target, foreign ones included, as the real controller does unless the binding is marked
 * `multiClusterTargetGroup` (then only what it registered itself). A binding that is being deleted takes its targets along.
 * Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, pkg/targetgroupbinding/resource_manager.go
 */
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { PodTarget } from './service-endpoints.ts';
import type { TargetGroupBinding } from './target-group-binding.ts';

/** The binding cannot be followed as it is written; trying again will not help until it changes. */
class BindingNotFollowedError extends Error {
  override readonly name = 'BindingNotFollowedError';
  readonly reason: string;

  constructor(reason: string, binding: TargetGroupBinding) {
    const { namespace, name } = binding.metadata;
    super(`${reason} [binding=${namespace ?? ''}/${name}]`);
    this.reason = reason;
  }
}

export class BindingReconciler {
  readonly #client: ElasticLoadBalancingV2Client;
  /** Targets that this controller has registered, by target group. */
  readonly #own = new Map<string, Set<string>>();

  constructor(client: ElasticLoadBalancingV2Client) {
    this.#client = client;
  }

  /** @throws BindingNotFollowedError, or what the SDK throws. */
  async reconcile(binding: TargetGroupBinding, wanted: readonly PodTarget[]): Promise<void> {
    const arn = targetGroupOf(binding);
    const registered = await this.#registered(arn);
    const own = this.#ownOf(arn);
    const missing = without(wanted, registered);
    const unknown = without(registered, wanted);
    const leaving = binding.spec.multiClusterTargetGroup
      ? unknown.filter((target) => own.has(keyOf(target)))
      : unknown;
    if (missing.length > 0) {
      const Targets = missing.map(described);
      await this.#client.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets }));
    }
    for (const target of wanted) own.add(keyOf(target));
    await this.#deregister(arn, leaving);
  }

  /** Takes out what the binding has brought in. */
  async release(binding: TargetGroupBinding, wanted: readonly PodTarget[]): Promise<void> {
    const arn = targetGroupOf(binding);
    const mine = new Set([...wanted.map(keyOf), ...this.#ownOf(arn)]);
    const leaving = (await this.#registered(arn)).filter((target) => mine.has(keyOf(target)));
    await this.#deregister(arn, leaving);
  }

  async #registered(arn: string): Promise<readonly PodTarget[]> {
    const { TargetHealthDescriptions = [] } = await this.#client.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: arn }),
    );
    return TargetHealthDescriptions.filter(
      ({ TargetHealth }) => TargetHealth?.State !== 'draining',
    ).map(({ Target }) => ({ address: Target?.Id ?? '', port: Target?.Port ?? 0 }));
  }

  async #deregister(arn: string, targets: readonly PodTarget[]): Promise<void> {
    if (targets.length === 0) return;
    const Targets = targets.map(described);
    await this.#client.send(new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets }));
    for (const target of targets) this.#ownOf(arn).delete(keyOf(target));
  }

  #ownOf(arn: string): Set<string> {
    const own = this.#own.get(arn) ?? new Set<string>();
    this.#own.set(arn, own);
    return own;
  }
}

function targetGroupOf(binding: TargetGroupBinding): string {
  const { targetGroupARN, targetType } = binding.spec;
  if (targetType !== 'ip') {
    throw new BindingNotFollowedError('the stand-in plays target type ip only', binding);
  }
  if (targetGroupARN === undefined) {
    throw new BindingNotFollowedError('the stand-in needs spec.targetGroupARN', binding);
  }
  return targetGroupARN;
}

function without(
  targets: readonly PodTarget[],
  others: readonly PodTarget[],
): readonly PodTarget[] {
  const known = new Set(others.map(keyOf));
  return targets.filter((target) => !known.has(keyOf(target)));
}

function keyOf({ address, port }: PodTarget): string {
  return `${address}:${port}`;
}

function described({ address, port }: PodTarget): { Id: string; Port: number } {
  return { Id: address, Port: port };
}
