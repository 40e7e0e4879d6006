/** Looking into JSON of unknown shape, such as a Kubernetes object's spec, without believing anything about it. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value if it is an object; an empty one for anything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** An object that is no list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
