import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type Action,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { assertNever } from '#domain/assert-never.ts';
import type { CapsuleAccess, ElbCall, KubernetesCall } from '#domain/capsule/capsule.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { isFields } from '#domain/json/json-fields.ts';
import { jsonFieldsOf, jsonOf, type Json } from '#domain/json/json-value.ts';
import type { CapsuleCalls } from '#activities/ports/capsules.ts';
import type { KubernetesClusters } from '#activities/ports/kubernetes.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import { sendToRoute53, zoneOf } from './route53-calls.ts';

/**
 * A capsule's calls, sent as they are written: the input goes to the SDK untouched, and the SDK's own answer comes back. What
 * the SDK could not take is refused before anything is sent.
 */
export function createCapsuleCalls(parts: {
  readonly clients: AwsClients;
  readonly kubernetes: KubernetesClusters;
}): CapsuleCalls {
  return {
    send: (call, access, signal) => {
      switch (call.service) {
        case 'elasticloadbalancing':
          return asFailure(subjectOf(call), signal, async () =>
            jsonFieldsOf(await sendToElb(parts.clients, call, access, signal)),
          );
        case 'route53':
          return asFailure(zoneOf(call), signal, async () =>
            jsonFieldsOf(await sendToRoute53(parts.clients, call, access, signal)),
          );
        case 'kubernetes':
          return sendToKubernetes(parts.kubernetes, call, signal);
        default:
          return assertNever(call);
      }
    },
  };
}

async function sendToElb(
  clients: AwsClients,
  call: ElbCall,
  access: CapsuleAccess,
  signal: AbortSignal,
): Promise<unknown> {
  const { read, write } = clients.elb(access);
  const options = { abortSignal: signal };
  switch (call.operation) {
    case 'ModifyRule': {
      refuseAllBut(call, 'RuleArn', 'Actions');
      const RuleArn = textIn(call, 'RuleArn');
      const Actions = actionsIn(call, 'Actions');
      return write.send(new ModifyRuleCommand({ RuleArn, Actions }), options);
    }
    case 'ModifyListener': {
      refuseAllBut(call, 'ListenerArn', 'DefaultActions');
      const ListenerArn = textIn(call, 'ListenerArn');
      const DefaultActions = actionsIn(call, 'DefaultActions');
      return write.send(new ModifyListenerCommand({ ListenerArn, DefaultActions }), options);
    }
    case 'DescribeRules': {
      refuseAllBut(call, 'RuleArns');
      const RuleArns = textsIn(call, 'RuleArns');
      return read.send(new DescribeRulesCommand({ RuleArns }), options);
    }
    case 'DescribeListeners': {
      refuseAllBut(call, 'ListenerArns');
      const ListenerArns = textsIn(call, 'ListenerArns');
      return read.send(new DescribeListenersCommand({ ListenerArns }), options);
    }
    default:
      return assertNever(call.operation);
  }
}

async function sendToKubernetes(
  kubernetes: KubernetesClusters,
  { cluster, apiVersion, plural, namespace, name, operation, patch }: KubernetesCall,
  signal: AbortSignal,
): Promise<Json> {
  const api = await kubernetes.connect(cluster, cluster, signal);
  const kind = { apiVersion, plural };
  if (operation === 'Get') return jsonOf(await api.get(kind, namespace, name, signal));
  await api.merge(kind, namespace, name, patch, signal);
  return {};
}

/** What a failure is about: the first ARN of the input. */
function subjectOf({ operation, input }: ElbCall): string {
  return (
    Object.values(input)
      .flat()
      .find((value) => typeof value === 'string') ?? operation
  );
}

function textIn(call: ElbCall, member: string): string {
  const value = call.input[member];
  return typeof value === 'string' ? value : wrong(call, member, 'a text');
}

function textsIn(call: ElbCall, member: string): string[] {
  const value = call.input[member];
  const texts = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  return texts.length > 0 ? texts : wrong(call, member, 'a list of texts');
}

function actionsIn(call: ElbCall, member: string): Action[] {
  const value = call.input[member];
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const actions = list.filter(isAction);
  return actions.length > 0 && actions.length === list.length
    ? actions
    : wrong(call, member, 'a list of actions');
}

/** The service checks the rest, and refuses what it does not know. */
function isAction(value: unknown): value is Action {
  return isFields(value) && typeof value['Type'] === 'string';
}

/** Nothing may be left out silently: what has no meaning here was meant for something else. */
function refuseAllBut(call: ElbCall, ...members: readonly string[]): void {
  const unknown = Object.keys(call.input).find((member) => !members.includes(member));
  if (unknown !== undefined) wrong(call, unknown, 'left out');
}

function wrong(call: ElbCall, member: string, allowed: string): never {
  throw new CutoverFailure('invalid-request', `${call.operation}: ${member} must be ${allowed}`, {
    resource: subjectOf(call),
  });
}
