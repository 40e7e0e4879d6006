/**
 * What a migration needs of Temporal: a server, the namespace, our search attributes, and workers on every queue.
 * Invariants: reads only; each check stands alone, so one failure does not hide another.
 */
import { QUEUES } from '#domain/queues.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/search-attributes.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { GRPC, grpcCodeOf, grpcDetailsOf } from '../temporal/grpc-codes.ts';
import { pollersOf } from '../temporal/pollers.ts';
import { ok, type Check } from './check.ts';

/** `temporal.api.enums.v1.IndexedValueType` and the names the `temporal` command uses, for the types we have. */
const INDEXED_TYPES = {
  KEYWORD: { code: 2, flag: 'Keyword' },
  INT: { code: 3, flag: 'Int' },
} as const;

/** A healthy worker begins a poll at least once a minute; twice that is silence. */
const SILENT_AFTER_SECONDS = 120;

export async function checkNamespace(access: TemporalAccess): Promise<Check> {
  const name = 'Temporal namespace';
  try {
    await access.connection.workflowService.describeNamespace({ namespace: access.namespace });
    return ok(name, access.namespace);
  } catch (cause) {
    return {
      name,
      status: 'fail',
      found: `"${access.namespace}": ${grpcDetailsOf(cause)}`,
      remedy: [
        `temporal operator namespace create --namespace ${access.namespace}`,
        'or set TEMPORAL_NAMESPACE to one that exists',
      ],
    };
  }
}

export async function checkSearchAttributes(access: TemporalAccess): Promise<Check> {
  const name = 'search attributes';
  let types: ReadonlyMap<string, number>;
  try {
    const { customAttributes } = await access.connection.operatorService.listSearchAttributes({
      namespace: access.namespace,
    });
    types = new Map(Object.entries(customAttributes));
  } catch (cause) {
    const code = grpcCodeOf(cause);
    const forbidden = code === GRPC.permissionDenied || code === GRPC.unimplemented;
    return {
      name,
      status: forbidden ? 'warn' : 'fail',
      found: `cannot be listed: ${grpcDetailsOf(cause)}`,
      remedy: forbidden ? ['ask who runs Temporal whether these exist:', ...create(access)] : [],
    };
  }
  const missing = SEARCH_ATTRIBUTES.filter((key) => !types.has(key.name));
  const wrong = SEARCH_ATTRIBUTES.filter(
    (key) => types.has(key.name) && types.get(key.name) !== INDEXED_TYPES[key.type].code,
  );
  if (missing.length === 0 && wrong.length === 0)
    return ok(name, SEARCH_ATTRIBUTES.map((key) => key.name).join(', '));
  const found = [
    ...(missing.length === 0 ? [] : [`missing: ${names(missing)}`]),
    ...(wrong.length === 0 ? [] : [`of another type: ${names(wrong)}`]),
  ];
  return {
    name,
    status: 'fail',
    found: found.join('; '),
    remedy: [
      ...wrong.map((key) => `${operator(access, 'remove')} --name ${key.name} --yes`),
      ...create(access, [...wrong, ...missing]),
    ],
  };
}

export async function checkWorkers(access: TemporalAccess): Promise<readonly Check[]> {
  return Promise.all(Object.values(QUEUES).map((queue) => checkQueue(access, queue)));
}

async function checkQueue(access: TemporalAccess, queue: string): Promise<Check> {
  const name = `workers of queue ${queue}`;
  const remedy = ['cutover worker'];
  try {
    const types =
      queue === QUEUES.main ? (['workflow', 'activity'] as const) : (['activity'] as const);
    const polls = await Promise.all(types.map((type) => pollersOf(access, queue, type)));
    const silent = polls.find(({ lastPollSecondsAgo }) => lastPollSecondsAgo === null);
    if (silent !== undefined) return { name, status: 'warn', found: 'none', remedy };
    const identities = [...new Set(polls.flatMap(({ identities }) => identities))];
    const oldest = Math.max(...polls.map(({ lastPollSecondsAgo }) => lastPollSecondsAgo ?? 0));
    const found = `${identities.join(', ')} (last poll ${oldest} s ago)`;
    return oldest > SILENT_AFTER_SECONDS
      ? { name, status: 'warn', found: `silent: ${found}`, remedy }
      : ok(name, found);
  } catch (cause) {
    return { name, status: 'warn', found: `not known: ${grpcDetailsOf(cause)}`, remedy: [] };
  }
}

type Attribute = (typeof SEARCH_ATTRIBUTES)[number];

function create(
  access: TemporalAccess,
  keys: readonly Attribute[] = SEARCH_ATTRIBUTES,
): readonly string[] {
  return keys.map(
    (key) =>
      `${operator(access, 'create')} --name ${key.name} --type ${INDEXED_TYPES[key.type].flag}`,
  );
}

function operator(access: TemporalAccess, verb: 'create' | 'remove'): string {
  return `temporal operator search-attribute ${verb} --address ${access.address} --namespace ${access.namespace}`;
}

function names(keys: readonly Attribute[]): string {
  return keys.map((key) => key.name).join(', ');
}
