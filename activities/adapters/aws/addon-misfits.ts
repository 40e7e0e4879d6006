import { Ajv, type ErrorObject } from 'ajv';
import { parse } from 'yaml';
import { pathOfPointer, type Misfit } from '#domain/addon-probes/misfits.ts';
import { isFields } from '#domain/json/json-fields.ts';

/**
 * An add-on's configuration against the JSON schema of a version. Both are texts of EKS's: values are JSON or YAML, schemas are of any
 * draft. Null where the schema is none that can be read. Source: EKS API reference, `DescribeAddonConfiguration`.
 */
export function misfitsOf(values: string, schema: string): readonly Misfit[] | null {
  const configuration = parsed(values);
  if (configuration === null)
    return [{ path: '', found: values, allowed: 'JSON or YAML that can be read' }];
  const validate = validatorOf(schema);
  if (validate === null) return null;
  if (validate(configuration.value) === true) return [];
  const errors = validate.errors ?? [];
  const own = errors.filter(isOwnWord);
  return (own.length > 0 ? own : errors).map(misfitOf);
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    const value: unknown = parse(text);
    return { value };
  } catch {
    return null;
  }
}

function validatorOf(text: string): ReturnType<Ajv['compile']> | null {
  // Schemas of EKS name drafts 4 to 7, use formats of their own and words that no draft has: none of that is blue's mistake.
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    validateSchema: false,
    validateFormats: false,
    logger: false,
  });
  try {
    const schema: unknown = JSON.parse(text);
    if (!isFields(schema)) return null;
    const { $schema: _, ...rest } = schema;
    return ajv.compile(rest);
  } catch {
    return null;
  }
}

/** "None of these" repeats what its parts have said already. */
function isOwnWord({ keyword }: ErrorObject): boolean {
  return !['if', 'anyOf', 'allOf', 'oneOf'].includes(keyword);
}

function misfitOf({ instancePath, keyword, params, message, data }: ErrorObject): Misfit {
  const path = pathOfPointer(instancePath);
  const at = (name: unknown): string => (path === '' ? String(name) : `${path}.${String(name)}`);
  const found = shown(data);
  switch (keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name: unknown = params['additionalProperty'] ?? params['unevaluatedProperty'];
      const value = isFields(data) ? data[String(name)] : undefined;
      return { path: at(name), found: shown(value), allowed: 'no such field' };
    }
    case 'required':
      return { path: at(params['missingProperty']), found: 'nothing', allowed: 'something' };
    case 'enum': {
      const allowed: unknown = params['allowedValues'];
      const all: readonly unknown[] = Array.isArray(allowed) ? allowed : [];
      return { path, found, allowed: `one of ${all.map((one) => JSON.stringify(one)).join(', ')}` };
    }
    case 'type':
      return { path, found, allowed: `of type ${String(params['type'])}` };
    default:
      return { path, found, allowed: `what fulfils: ${message ?? keyword}` };
  }
}

/** A value as people see it; what is large has its place in the configuration itself. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return isFields(value) ? 'an object' : (JSON.stringify(value) ?? 'nothing');
}
