import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { statementText, type Span } from './statement-text.ts';

/**
 * A role's trust policy with green's issuer beside blue's. Ours are twins of the statements that name blue's OIDC provider, known by
 * their Sid; everything else in the text is somebody else's and never changes.
 *
 * T1 `withoutTwins(withTwins(policy))` is `policy`, byte for byte, and both done twice equal both done once.
 * T2 What others write in between stays: both edit the text they are given and know nothing of an earlier one.
 */
export interface TrustSides {
  readonly blue: Issuer;
  readonly green: Issuer;
  /** Begins the Sid of every statement of ours, and of no other; letters and digits. */
  readonly mark: string;
}

export interface Issuer {
  /** Without `https://`. */
  readonly name: string;
  /** Of the OIDC provider that IAM knows it by. */
  readonly providerArn: string;
}

/**
 * The mark of statements for this issuer: the end of EKS's own id of it, 32 random digits. A green belongs to one line of migrations, so a
 * later attempt that adopts it finds what an earlier one wrote; a cluster made anew has another issuer, so that nobody takes away
 * what a cluster that lives on stands on.
 */
export function markOf({ name }: Issuer): string {
  const id = name.slice(name.lastIndexOf('/') + 1).replaceAll(/[^A-Za-z0-9]/gu, '');
  return `Cutover${id.slice(-16)}`;
}

/** AWS's default quota for a trust policy, white space not counted; an account may have up to 4,096. Source: IAM User Guide, "IAM and AWS STS quotas". */
export const TRUST_POLICY_CHARACTERS = 2_048;

/** Behind the mark: the policy had one statement, without brackets, and gets them back. */
const LONE = 'S';
const TAIL = /^(?:S|n\d+)?$/u;

/** The policy with green's twins; the same text where they are there, or where nothing names blue's provider. */
export function withTwins(policy: string, sides: TrustSides): string {
  const base = withoutTwins(policy, sides.mark);
  const place = statementText(base);
  if (place === null) return policy;
  const twins = twinsFor(base, sides);
  const present = statementsOf(policy).filter((one) => isMarked(one, sides.mark));
  if (isSame(present, twins)) return policy;
  const added = twins.map((twin) => JSON.stringify(twin)).join(',');
  const last = place.statements.at(-1);
  if (added === '' || last === undefined) return base;
  const { whole, isList } = place;
  return isList
    ? `${base.slice(0, last.end)},${added}${base.slice(last.end)}`
    : `${base.slice(0, whole.start)}[${textAt(base, whole)},${added}]${base.slice(whole.end)}`;
}

/**
 * The policy as it would be without us. A policy that has nothing but ours stays: IAM takes no empty one, and without green's provider
 * they let nobody in.
 */
export function withoutTwins(policy: string, mark: string): string {
  const place = statementText(policy);
  if (place === null || !place.isList) return policy;
  const { whole, statements } = place;
  const ours = statements.map((span) => isMarked(parsed(textAt(policy, span)), mark));
  const others = statements.filter((_, index) => ours[index] !== true);
  const [first, ...more] = others;
  if (first === undefined || others.length === statements.length) return policy;
  const wasLone = statements.some(
    (span) => fieldsOf(parsed(textAt(policy, span)))['Sid'] === `${mark}${LONE}`,
  );
  if (wasLone && more.length === 0)
    return `${policy.slice(0, whole.start)}${textAt(policy, first)}${policy.slice(whole.end)}`;
  // Each statement that stays keeps what stood before it; the first one what stood before the first.
  const kept = statements.flatMap((span, index) => {
    if (ours[index] === true) return [];
    const before = statements[index - 1];
    const gap = before === undefined ? '' : policy.slice(before.end, span.start);
    return [{ gap, text: textAt(policy, span) }];
  });
  const body = kept.map(({ gap, text }, index) => (index === 0 ? text : gap + text)).join('');
  const edge = {
    start: statements[0]?.start ?? whole.start,
    end: statements.at(-1)?.end ?? whole.end,
  };
  return policy.slice(0, edge.start) + body + policy.slice(edge.end);
}

/** Does a statement let tokens of this provider in, or keep them out? */
export function namesProvider(policy: string, providerArn: string): boolean {
  return statementsOf(policy).some((one) => isOf(one, providerArn));
}

/** What would be added to the policy, or what somebody else would have to write. Without those that somebody wrote already. */
export function twinsFor(policy: string, { blue, green, mark }: TrustSides): readonly Fields[] {
  const others = statementsOf(policy).filter((one) => !isMarked(one, mark));
  const known = new Set(others.map((one) => withoutSid(one)));
  const twins = others
    .filter((one) => isOf(one, blue.providerArn))
    .map((one): Fields => {
      const condition = one['Condition'];
      return {
        ...one,
        Principal: { Federated: green.providerArn },
        ...(condition === undefined
          ? {}
          : { Condition: renamed(condition, `${blue.name}:`, `${green.name}:`) }),
      };
    })
    .filter((twin) => !known.has(withoutSid(twin)));
  const isLone = statementText(policy)?.isList === false;
  return twins.map((twin, index) => {
    const tail = index === 0 ? (isLone ? LONE : '') : `n${index + 1}`;
    return { ...twin, Sid: `${mark}${tail}` };
  });
}

/** As IAM counts it. */
export function policyCharacters(policy: string): number {
  return policy.replaceAll(/\s/gu, '').length;
}

/** Empty for what is no policy. */
export function statementsOf(policy: string): readonly Fields[] {
  const place = statementText(policy);
  return (place?.statements ?? []).map((span) => fieldsOf(parsed(textAt(policy, span))));
}

/** `Federated` may be one ARN or several. */
export function providersOf(statement: Fields): readonly unknown[] {
  return listOf(fieldsOf(statement['Principal'])['Federated']);
}

/** IAM takes one value for a list of one everywhere. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isOf(statement: Fields, providerArn: string): boolean {
  return providersOf(statement).includes(providerArn);
}

function isMarked(statement: unknown, mark: string): boolean {
  const sid = fieldsOf(statement)['Sid'];
  return typeof sid === 'string' && sid.startsWith(mark) && TAIL.test(sid.slice(mark.length));
}

function isSame(present: readonly Fields[], wanted: readonly Fields[]): boolean {
  return (
    present.length === wanted.length &&
    present.every((one, index) => withoutSid(one) === withoutSid(wanted[index]))
  );
}

/** Keys of conditions that begin so begin otherwise; they know no case (IAM User Guide, "Condition"). */
function renamed(condition: unknown, from: string, to: string): Fields {
  return Object.fromEntries(
    Object.entries(fieldsOf(condition)).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(fieldsOf(keys)).map(([key, value]) => [
          key.toLowerCase().startsWith(from.toLowerCase()) ? to + key.slice(from.length) : key,
          value,
        ]),
      ),
    ]),
  );
}

function withoutSid(statement: Fields | undefined): string {
  return canonical({ ...statement, Sid: undefined });
}

/** One text for one meaning: keys in order, a list of one as its value. */
function canonical(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 1 ? canonical(value[0]) : `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}

function textAt(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

function parsed(text: string): unknown {
  return JSON.parse(text);
}
