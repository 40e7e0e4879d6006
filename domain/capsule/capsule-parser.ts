/**
 * Reads a capsule from text that may be anything: a file that somebody edited, a parameter that somebody else wrote. Strict,
 * because what it holds is executed: unknown members, unknown operations and wrong shapes are errors, each with its path.
 *
 * Invariants: never throws; what it accepts is exactly what {@link capsuleText} wrote; bounded in size and depth; problems are
 * printable lines.
 */
import { CAPSULE_OPERATIONS } from './capsule.ts';
import type {
  Capsule,
  CapsuleAccess,
  CapsuleCall,
  CapsuleRoute,
  KubernetesCall,
  ReadBack,
  WayBack,
} from './capsule.ts';
import { isFields } from '#domain/json/json-fields.ts';
import { jsonFieldsOf, jsonOf } from '#domain/json/json-value.ts';
import { REGION_PATTERN, ROLE_ARN_PATTERN, TARGET_GROUP_ARN_PATTERN } from '#domain/plan/arns.ts';
import { formatPath } from '#domain/plan/problems.ts';
import { hostilePath, StrictReader } from '#domain/json/strict-reader.ts';

export type ParsedCapsule =
  | { readonly ok: true; readonly capsule: Capsule }
  /** One printable line each: the path, what was found and what is allowed. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** 250 routes with long rules are a third of it. */
const MOST_CHARACTERS = 1_048_576;
const MOST_ROUTES = 1_000;
const MOST_PROBLEMS = 20;

export function parseCapsule(text: string): ParsedCapsule {
  if (text.length > MOST_CHARACTERS) return refused(['the capsule is longer than 1 MB']);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return refused(['the capsule is not JSON']);
  }
  const hostile = hostilePath(raw);
  if (hostile !== null) return refused([`${formatPath(hostile)}: no capsule has this`]);
  const problems: string[] = [];
  const capsule = capsuleIn(raw, new StrictReader([], problems));
  return capsule === null || problems.length > 0 ? refused(problems) : { ok: true, capsule };
}

function refused(problems: readonly string[]): ParsedCapsule {
  return { ok: false, problems: problems.slice(0, MOST_PROBLEMS) };
}

/** `migrate/<account>/<region>/<blue>`; nothing that could leave a directory or a line. */
const WORKFLOW_ID = /^[\w.-]+(?:\/[\w.-]+){0,7}$/u;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/u;
/** An ARN, or a place in words: `Ingress shop/web, service web`. */
const RESOURCE = /^[\x21-\x7e](?:[\x20-\x7e]{0,598}[\x21-\x7e])?$/u;
const NAME = /^[A-Za-z0-9][\w.-]{0,252}$/u;

function capsuleIn(raw: unknown, reader: StrictReader): Capsule | null {
  const fields = reader.fields(raw, ['schema', 'workflowId', 'migrationId', 'writtenAt', 'routes']);
  if (fields === null) return null;
  if (fields['schema'] !== 1)
    return reader.at('schema').refuse(fields['schema'], '1: another version of Cutover wrote this');
  const workflowId = reader
    .at('workflowId')
    .text(
      fields['workflowId'],
      WORKFLOW_ID,
      'a workflow id such as migrate/<account>/<region>/<blue>',
    );
  const migrationId = reader
    .at('migrationId')
    .text(fields['migrationId'], /^[\w-]{1,64}$/u, 'a migration id');
  const writtenAt = reader
    .at('writtenAt')
    .text(fields['writtenAt'], ISO_TIME, 'an ISO time in UTC');
  const routes = reader.at('routes').list(fields['routes'], [1, MOST_ROUTES], routeIn);
  if (workflowId === null || migrationId === null || writtenAt === null || routes === null)
    return null;
  return { schema: 1, workflowId, migrationId, writtenAt, routes };
}

function routeIn(raw: unknown, reader: StrictReader): CapsuleRoute | null {
  const fields = reader.fields(raw, [
    'id',
    'resource',
    'greenPercent',
    'access',
    'blueTargetGroupArn',
    'wayBack',
  ]);
  if (fields === null) return null;
  const id = reader.at('id').text(fields['id'], NAME, 'a route id');
  const resource = reader.at('resource').text(fields['resource'], RESOURCE, 'an ARN or a name');
  const greenPercent = percentIn(fields['greenPercent'], reader.at('greenPercent'));
  const access = accessIn(fields['access'], reader.at('access'));
  const blue = fields['blueTargetGroupArn'];
  const blueTargetGroupArn =
    blue === null
      ? undefined
      : reader
          .at('blueTargetGroupArn')
          .text(blue, TARGET_GROUP_ARN_PATTERN, 'the ARN of a target group, or null');
  const wayBack = wayBackIn(fields['wayBack'], reader.at('wayBack'));
  if (
    id === null ||
    resource === null ||
    greenPercent === null ||
    access === null ||
    blueTargetGroupArn === null ||
    wayBack === null
  )
    return null;
  return {
    id,
    resource,
    greenPercent: greenPercent.percent,
    access,
    blueTargetGroupArn: blueTargetGroupArn ?? null,
    wayBack,
  };
}

function percentIn(
  value: unknown,
  reader: StrictReader,
): { readonly percent: number | null } | null {
  if (value === null) return { percent: null };
  return typeof value === 'number' && value >= 0 && value <= 100
    ? { percent: value }
    : reader.refuse(value, 'a percentage from 0 to 100, or null');
}

function accessIn(raw: unknown, reader: StrictReader): CapsuleAccess | null {
  const fields = reader.fields(raw, ['account', 'region'], ['roleArn', 'externalId']);
  if (fields === null) return null;
  const account = reader.at('account').text(fields['account'], /^\d{12}$/u, '12 digits');
  const region = reader.at('region').text(fields['region'], REGION_PATTERN, 'an AWS region');
  const roleArn =
    fields['roleArn'] === undefined
      ? undefined
      : reader.at('roleArn').text(fields['roleArn'], ROLE_ARN_PATTERN, 'the ARN of an IAM role');
  const externalId =
    fields['externalId'] === undefined
      ? undefined
      : reader
          .at('externalId')
          .text(fields['externalId'], /^[\w+=,.@:/-]{2,1224}$/u, 'an external id');
  if (account === null || region === null || roleArn === null || externalId === null) return null;
  return {
    account,
    region,
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}

function wayBackIn(raw: unknown, reader: StrictReader): WayBack | null {
  const fields = reader.fields(raw, ['calls', 'readBack']);
  if (fields === null) return null;
  const calls = reader
    .at('calls')
    .list(fields['calls'], [1, 20], (call, place) => callIn(call, place, 'write'));
  const readBack = reader.at('readBack').list(fields['readBack'], [1, 20], readBackIn);
  return calls === null || readBack === null ? null : { calls, readBack };
}

function readBackIn(raw: unknown, reader: StrictReader): ReadBack | null {
  const fields = reader.fields(raw, ['ask', 'accept']);
  if (fields === null) return null;
  const ask = callIn(fields['ask'], reader.at('ask'), 'read');
  const accept = reader
    .at('accept')
    .list(fields['accept'], [1, 10], (one, place) =>
      isFields(one) && Object.keys(one).length > 0
        ? jsonOf(one)
        : place.refuse(one, 'what the answer must contain'),
    );
  return ask === null || accept === null ? null : { ask, accept };
}

function callIn(raw: unknown, reader: StrictReader, kind: 'read' | 'write'): CapsuleCall | null {
  const service = isFields(raw) ? raw['service'] : undefined;
  if (service === 'elasticloadbalancing') {
    const fields = reader.fields(raw, ['service', 'operation', 'input']);
    if (fields === null) return null;
    const operation = operationIn(CAPSULE_OPERATIONS[service], fields['operation'], reader, kind);
    if (!isFields(fields['input'])) return reader.at('input').refuse(fields['input'], 'an object');
    return operation && { service, operation, input: jsonFieldsOf(fields['input']) };
  }
  if (service === 'route53') {
    const fields = reader.fields(raw, ['service', 'operation', 'input']);
    if (fields === null) return null;
    const operation = operationIn(CAPSULE_OPERATIONS[service], fields['operation'], reader, kind);
    if (!isFields(fields['input'])) return reader.at('input').refuse(fields['input'], 'an object');
    return operation && { service, operation, input: jsonFieldsOf(fields['input']) };
  }
  if (service === 'kubernetes') return kubernetesCallIn(raw, reader, kind);
  return reader
    .at('service')
    .refuse(service, `one of ${Object.keys(CAPSULE_OPERATIONS).join(', ')}`);
}

function kubernetesCallIn(
  raw: unknown,
  reader: StrictReader,
  kind: 'read' | 'write',
): KubernetesCall | null {
  const fields = reader.fields(raw, [
    'service',
    'operation',
    'cluster',
    'apiVersion',
    'plural',
    'namespace',
    'name',
    'patch',
  ]);
  if (fields === null) return null;
  const operation = operationIn(CAPSULE_OPERATIONS.kubernetes, fields['operation'], reader, kind);
  const cluster = clusterIn(fields['cluster'], reader.at('cluster'));
  const apiVersion = reader
    .at('apiVersion')
    .text(
      fields['apiVersion'],
      /^(?:[a-z0-9][a-z0-9.-]{0,252}\/)?v[a-z0-9]{1,20}$/u,
      'an API version',
    );
  const plural = reader.at('plural').text(fields['plural'], /^[a-z]{1,63}$/u, 'a plural of a kind');
  const namespace = reader.at('namespace').text(fields['namespace'], NAME, 'a namespace');
  const name = reader.at('name').text(fields['name'], NAME, 'a name');
  const patch = isFields(fields['patch'])
    ? jsonFieldsOf(fields['patch'])
    : reader.at('patch').refuse(fields['patch'], 'an object');
  if (
    operation === null ||
    cluster === null ||
    apiVersion === null ||
    plural === null ||
    namespace === null ||
    name === null ||
    patch === null
  )
    return null;
  return { service: 'kubernetes', operation, cluster, apiVersion, plural, namespace, name, patch };
}

function clusterIn(raw: unknown, reader: StrictReader): KubernetesCall['cluster'] | null {
  const fields = reader.fields(raw, ['access', 'name', 'arn', 'createdAt']);
  if (fields === null) return null;
  const access = accessIn(fields['access'], reader.at('access'));
  const name = reader.at('name').text(fields['name'], /^[A-Za-z0-9][\w-]{0,99}$/u, 'a cluster');
  const arn = reader
    .at('arn')
    .text(fields['arn'], /^arn:aws[a-z-]*:eks:[a-z0-9-]+:\d{12}:cluster\/[\w-]{1,100}$/u, 'an ARN');
  const createdAt = reader
    .at('createdAt')
    .text(fields['createdAt'], ISO_TIME, 'an ISO time in UTC');
  if (access === null || name === null || arn === null || createdAt === null) return null;
  return { access, name, arn, createdAt };
}

/** The operation, if the table has it with this meaning: a read-back writes nothing, a way back reads nothing. */
function operationIn<Operation extends string>(
  operations: Readonly<Record<Operation, 'read' | 'write'>>,
  value: unknown,
  reader: StrictReader,
  kind: 'read' | 'write',
): Operation | null {
  if (isKeyOf(operations, value) && operations[value] === kind) return value;
  const known = Object.entries(operations).flatMap(([name, is]) => (is === kind ? [name] : []));
  return reader.at('operation').refuse(value, `one of ${known.join(', ')}`);
}

function isKeyOf<Key extends string>(
  table: Readonly<Record<Key, unknown>>,
  value: unknown,
): value is Key {
  return typeof value === 'string' && Object.hasOwn(table, value);
}
