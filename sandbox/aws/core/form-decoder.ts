/**
 * Turns the flat form fields of the query protocols (`Actions.member.1.Type=forward`) into a value along its schema. The two
 * dialects differ in names only: EC2 capitalises members and numbers lists without `member`.
 * Source: smithy.io/2.0/aws/protocols/aws-query-protocol.html, …/aws-ec2-query-protocol.html
 */
import type { NormalizedSchema } from '@smithy/core/schema';
import { scalarFromText } from './values.ts';

export type QueryDialect = 'query' | 'ec2-query';

interface FormNode {
  text: string | undefined;
  readonly children: Map<string, FormNode>;
}

export function decodeForm(
  schema: NormalizedSchema,
  form: URLSearchParams,
  dialect: QueryDialect,
): Record<string, unknown> {
  const root = emptyNode();
  for (const [key, text] of form) {
    let node = root;
    for (const part of key.split('.')) node = childOf(node, part);
    node.text = text;
  }
  return structValue(schema, root, dialect);
}

const emptyNode = (): FormNode => ({ text: undefined, children: new Map() });

function childOf(node: FormNode, name: string): FormNode {
  const known = node.children.get(name);
  if (known !== undefined) return known;
  const made = emptyNode();
  node.children.set(name, made);
  return made;
}

function valueOf(schema: NormalizedSchema, node: FormNode, dialect: QueryDialect): unknown {
  if (schema.isStructSchema()) return structValue(schema, node, dialect);
  if (schema.isListSchema()) return listValue(schema, node, dialect);
  if (schema.isMapSchema()) return mapValue(schema, node, dialect);
  return scalarFromText(schema, node.text ?? '');
}

function structValue(
  schema: NormalizedSchema,
  node: FormNode,
  dialect: QueryDialect,
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const child = node.children.get(wireName(name, member, dialect));
    if (child !== undefined) value[name] = valueOf(member, child, dialect);
  }
  return value;
}

function listValue(
  schema: NormalizedSchema,
  node: FormNode,
  dialect: QueryDialect,
): readonly unknown[] {
  const item = schema.getValueSchema();
  const flat = dialect === 'ec2-query' || schema.getMergedTraits().xmlFlattened !== undefined;
  const holder = flat ? node : node.children.get(item.getMergedTraits().xmlName ?? 'member');
  return numbered(holder).map((child) => valueOf(item, child, dialect));
}

function mapValue(
  schema: NormalizedSchema,
  node: FormNode,
  dialect: QueryDialect,
): Record<string, unknown> {
  const flat = schema.getMergedTraits().xmlFlattened !== undefined;
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const valueName = schema.getValueSchema().getMergedTraits().xmlName ?? 'value';
  const entries = numbered(flat ? node : node.children.get('entry')).map((entry) => [
    entry.children.get(keyName)?.text ?? '',
    valueOf(schema.getValueSchema(), entry.children.get(valueName) ?? emptyNode(), dialect),
  ]);
  return Object.fromEntries(entries);
}

/** Children `1`, `2`, … in numeric order; gaps are closed, as AWS does. */
function numbered(node: FormNode | undefined): readonly FormNode[] {
  return [...(node?.children ?? [])]
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function wireName(name: string, member: NormalizedSchema, dialect: QueryDialect): string {
  const traits = member.getMergedTraits();
  if (dialect === 'query') return traits.xmlName ?? name;
  const ec2Name = traits['ec2QueryName'];
  if (typeof ec2Name === 'string') return ec2Name;
  const plain = traits.xmlName ?? name;
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
