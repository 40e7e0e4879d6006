/**
 * How often something was made or taken away that should have been once (I6): read from the audit of the account, which has every
 * call with its answer. A call that finds what an earlier one made is no second effect. Pure.
 */
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { outputOf, type AuditEntry } from '#sandbox/aws/core/audit.ts';

interface Effect {
  /** What must not be there twice. */
  readonly place: string;
  /** Which one it is. */
  readonly identity: string;
}

type Reader = (input: Fields, output: Fields) => Effect;

const cluster: Reader = (input, output) =>
  effect('cluster', [input['name']], output['cluster'], ['arn', 'createdAt']);
const nodeGroup: Reader = (input, output) =>
  effect('node group', [input['clusterName'], input['nodegroupName']], output['nodegroup'], [
    'nodegroupArn',
  ]);

/** What makes something, by service and operation. A call that finds what an earlier one made answers with the same. */
const MAKES: Readonly<Record<string, Reader>> = {
  'eks CreateCluster': cluster,
  'eks CreateNodegroup': nodeGroup,
  'eks CreateAddon': (input, output) =>
    effect('add-on', [input['clusterName'], input['addonName']], output['addon'], ['addonArn']),
  'eks CreateAccessEntry': (input, output) =>
    effect('access entry', [input['clusterName'], input['principalArn']], output['accessEntry'], [
      'accessEntryArn',
    ]),
  'iam CreateOpenIDConnectProvider': (input, output) =>
    effect('OIDC provider', [input['Url']], output, ['OpenIDConnectProviderArn']),
};

/** What takes something away. Asked for once: whoever comes again sees that it is going. */
const TAKES: Readonly<Record<string, Reader>> = {
  'eks DeleteCluster': cluster,
  'eks DeleteNodegroup': nodeGroup,
  'iam DeleteOpenIDConnectProvider': (input) =>
    effect('OIDC provider', [input['OpenIDConnectProviderArn']], {}, []),
};

/** A smoke door is made by each attempt and taken away again: only two at once are one too many. */
const DOORS: ReadonlySet<string> = new Set([
  'elasticloadbalancing CreateRule',
  'elasticloadbalancing DeleteRule',
]);

/** What may come twice, because twice is once: it says what is to be so. Anything else that changes something is counted, or is new. */
const SETS: ReadonlySet<string> = new Set([
  'eks AssociateAccessPolicy',
  'eks UpdateClusterConfig',
  'iam UpdateAssumeRolePolicy',
  'elasticloadbalancing ModifyRule',
  'elasticloadbalancing SetRulePriorities',
  'elasticloadbalancing DeregisterTargets',
]);

/** What the engine did twice in its account, and what of its doings nobody here knows, in words; empty in a good run. */
export function duplicateEffects(
  entries: readonly AuditEntry[],
  principalArn: string,
): readonly string[] {
  const done = entries.filter(
    (entry) =>
      entry.principalArn === principalArn &&
      outputOf(entry.result) !== undefined &&
      isChange(entry),
  );
  const unknown = new Set(done.map(callOf).filter((call) => !isCounted(call)));
  return [
    ...[...identities(done, MAKES)].flatMap(([place, found]) =>
      tooOften(`${place} was made`, new Set(found).size),
    ),
    ...[...identities(done, TAKES)].flatMap(([place, found]) =>
      tooOften(`${place} was taken away`, found.length),
    ),
    ...doorsAtOnce(done),
    ...[...unknown].map((call) => `${call} is counted by nobody`),
  ];
}

/** Where add-ons are asked: each attempt makes its questions and takes them away again, as smoke doors are. */
const PROBES = 'cutover-probes';

/** The same for objects of clusters. A cluster made anew under an old name is another one, and there is none here. */
export function duplicateObjects(entries: readonly AuditEntry[]): readonly string[] {
  const counts = new Map<string, Counted>();
  for (const { operation, input, result } of entries) {
    const done = outputOf(result);
    if (done === undefined) continue;
    const { cluster: name, plural, namespace, name: object } = fieldsOf(input);
    const isMade = fieldsOf(done.output)['created'] === true;
    if (!isMade && !operation.startsWith('delete ')) continue;
    const what = `${text(plural)} ${text(namespace)}/${text(object)} in ${text(name)}`;
    const { made = 0, taken = 0 } = counts.get(what) ?? {};
    const isProbe = namespace === PROBES || object === PROBES;
    counts.set(what, { isProbe, made: made + Number(isMade), taken: taken + Number(!isMade) });
  }
  return [...counts].flatMap(([what, { isProbe, made, taken }]) => {
    if (!isProbe)
      return [...tooOften(`${what} was made`, made), ...tooOften(`${what} was taken away`, taken)];
    return made === taken ? [] : [`${what} was made ${made} times and taken away ${taken} times`];
  });
}

interface Counted {
  readonly isProbe: boolean;
  readonly made: number;
  readonly taken: number;
}

function isChange({ operation }: AuditEntry): boolean {
  return !/^(?:Describe|List|Get|Assume)/u.test(operation);
}

function isCounted(call: string): boolean {
  return call in MAKES || call in TAKES || DOORS.has(call) || SETS.has(call);
}

/** By what must not be there twice: which ones there were, in order. */
function identities(
  entries: readonly AuditEntry[],
  readers: Readonly<Record<string, Reader>>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const entry of entries) {
    const reader = readers[callOf(entry)];
    const done = outputOf(entry.result);
    if (reader === undefined || done === undefined) continue;
    const { place, identity } = reader(fieldsOf(entry.input), fieldsOf(done.output));
    found.set(place, [...(found.get(place) ?? []), identity]);
  }
  return found;
}

function doorsAtOnce(entries: readonly AuditEntry[]): readonly string[] {
  const open = new Set<string>();
  let most = 0;
  for (const { operation, input, result } of entries) {
    const done = outputOf(result);
    if (done === undefined) continue;
    if (operation === 'CreateRule') open.add(ruleIn(done.output));
    if (operation === 'DeleteRule') open.delete(text(fieldsOf(input)['RuleArn']));
    most = Math.max(most, open.size);
  }
  return [
    ...(most > 1 ? [`${most} smoke doors were open at once`] : []),
    ...[...open].map((rule) => `smoke door ${rule} was never closed`),
  ];
}

function ruleIn(output: unknown): string {
  const rules: unknown = fieldsOf(output)['Rules'];
  return text(fieldsOf(Array.isArray(rules) ? rules[0] : undefined)['RuleArn']);
}

function tooOften(what: string, times: number): readonly string[] {
  return times > 1 ? [`${what} ${times} times`] : [];
}

function effect(
  kind: string,
  name: readonly unknown[],
  value: unknown,
  parts: readonly string[],
): Effect {
  const found = fieldsOf(value);
  return {
    place: `${kind} ${name.map(text).join('/')}`,
    identity: parts.map((part) => text(found[part])).join(' '),
  };
}

function callOf({ service, operation }: AuditEntry): string {
  return `${service} ${operation}`;
}

function text(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
