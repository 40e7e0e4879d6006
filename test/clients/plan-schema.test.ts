import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { planJsonSchema } from '#clients/plan-schema.ts';
import { planWith, smallestPlan } from '#test/domain/plan/plan-builder.ts';

describe('the JSON schema of the plan file', () => {
  const schema = planJsonSchema();
  const validate = new Ajv({ strictSchema: true, allowUnionTypes: true }).compile(schema);

  it('accepts what people write', async () => {
    const example: unknown = parse(
      await readFile(new URL('../../examples/1-default.yaml', import.meta.url), 'utf8'),
    );

    expect(validate(smallestPlan())).toBe(true);
    expect(validate(example)).toBe(true);
  });

  it('refuses unknown fields, wrong durations and missing parts', () => {
    expect(validate(planWith({ 'spec.sook': {} }))).toBe(false);
    expect(validate(planWith({ 'spec.soak.for': '1 day' }))).toBe(false);
    expect(validate(planWith({ 'spec.gates': undefined }))).toBe(false);
  });

  it('shows every default as people would write it, and a description for every field', () => {
    const fields = fieldsOf(schema);

    expect(
      fields.filter(({ description }) => description === undefined).map(({ path }) => path),
    ).toEqual([]);
    expect(fields.find(({ path }) => path.endsWith('.bake'))?.default).toBe('10m');
    expect(fields.find(({ path }) => path.endsWith('.steps'))?.default).toEqual([
      1, 5, 25, 50, 100,
    ]);
  });

  it('is the one that editors find beside the examples', async () => {
    const committed: unknown = JSON.parse(
      await readFile(new URL('../../examples/plan.schema.json', import.meta.url), 'utf8'),
    );

    expect(committed).toEqual(schema);
  });
});

interface Field {
  readonly path: string;
  readonly description: unknown;
  readonly default: unknown;
}

/** Every property in the schema, however deep. */
function fieldsOf(node: unknown, path = ''): readonly Field[] {
  if (typeof node !== 'object' || node === null) return [];
  const own: [string, unknown][] =
    'properties' in node ? Object.entries(node.properties ?? {}) : [];
  const fields = own.map(([name, property]) => ({
    path: `${path}.${name}`,
    description: Reflect.get(Object(property), 'description'),
    default: Reflect.get(Object(property), 'default'),
  }));
  const inner = Object.entries(node).flatMap(([key, value]) =>
    key === 'properties'
      ? own.flatMap(([name, property]) => fieldsOf(property, `${path}.${name}`))
      : fieldsOf(value, path),
  );
  return [...fields, ...inner];
}
