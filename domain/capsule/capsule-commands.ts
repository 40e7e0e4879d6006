import { assertNever } from '#domain/assert-never.ts';
import type {
  Capsule,
  CapsuleAccess,
  CapsuleCall,
  CapsuleRoute,
  KubernetesCall,
} from './capsule.ts';
import type { JsonFields } from '#domain/json/json-value.ts';
import { worstFirst } from '#domain/traffic/worst-first.ts';

/**
 * The capsule's calls as commands that a person can paste into a POSIX shell: the AWS CLI, and kubectl for what lives in
 * Kubernetes. Exact: the JSON is the call's own input. Invariant: printable ASCII on one line each, and whatever a value
 * holds, the shell passes it on as it is.
 */

/** All commands of a capsule, the worst route first; lines that begin with `#` explain. */
export function capsuleCommands({ routes }: Pick<Capsule, 'routes'>): readonly string[] {
  return worstFirst(routes, ({ greenPercent }) => greenPercent).flatMap(routeCommands);
}

/** The commands of one route: its calls, then how to read it back. */
export function routeCommands(
  route: Pick<CapsuleRoute, 'id' | 'resource' | 'access' | 'wayBack'>,
): readonly string[] {
  const { calls, readBack } = route.wayBack;
  return [
    comment(`route ${route.id} (${route.resource}) to blue${asRole(route.access)}`),
    ...kubeconfigs(calls),
    ...calls.map((call) => commandOf(call, route.access)),
    comment('read back'),
    ...readBack.map(({ ask }) => commandOf(ask, route.access)),
  ];
}

/** One call as one command. @param access of calls that carry none of their own */
export function commandOf(call: CapsuleCall, access: CapsuleAccess): string {
  switch (call.service) {
    case 'elasticloadbalancing':
      return aws('elbv2', call.operation, access.region, call.input);
    case 'route53':
      return aws('route53', call.operation, access.region, call.input);
    case 'kubernetes':
      return kubectl(call);
    default:
      return assertNever(call);
  }
}

/** The word as one argument of a POSIX shell, whatever it holds. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function aws(command: string, operation: string, region: string, input: JsonFields): string {
  const verb = operation.replaceAll(/(?<!^)[A-Z]/gu, (letter) => `-${letter}`).toLowerCase();
  return `aws ${command} ${verb} --region ${shellWord(region)} --cli-input-json ${shellWord(json(input))}`;
}

function kubectl(call: KubernetesCall): string {
  const [version = '', group = ''] = call.apiVersion.split('/').toReversed();
  const kind = group === '' ? call.plural : `${call.plural}.${version}.${group}`;
  const place = `kubectl --context ${shellWord(call.cluster.arn)} --namespace ${shellWord(call.namespace)}`;
  const object = `${shellWord(kind)} ${shellWord(call.name)}`;
  return call.operation === 'Get'
    ? `${place} get ${object} --output json`
    : `${place} patch ${object} --type merge --patch ${shellWord(json(call.patch))}`;
}

/** `update-kubeconfig` names a context after the cluster's ARN. */
function kubeconfigs(calls: readonly CapsuleCall[]): readonly string[] {
  const commands = calls.flatMap((call) =>
    call.service === 'kubernetes'
      ? [
          `aws eks update-kubeconfig --region ${shellWord(call.cluster.access.region)} --name ${shellWord(call.cluster.name)}`,
        ]
      : [],
  );
  return [...new Set(commands)];
}

function asRole({ account, roleArn }: CapsuleAccess): string {
  return roleArn === undefined
    ? `, with credentials of account ${account}`
    : `, with credentials of ${roleArn} (aws sts assume-role)`;
}

/** Nothing of unknown origin gets out of a comment's line. */
function comment(text: string): string {
  return `# ${ascii(text)}`;
}

function json(value: JsonFields): string {
  return ascii(JSON.stringify(value));
}

/** JSON's own escapes, which are also harmless in a comment. */
function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
