import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';

/** Pods as objects describe them: looking into what somebody wrote without believing anything about it. */

/** Of a pod, or of whatever has a template of one; empty for everything else. */
export function podSpecOf(object: Fields): Fields {
  const spec = fieldsOf(object['spec']);
  switch (object['kind']) {
    case 'Pod':
      return spec;
    case 'CronJob':
      return templateOf(fieldsOf(fieldsOf(spec['jobTemplate'])['spec']));
    default:
      return templateOf(spec);
  }
}

function templateOf(spec: Fields): Fields {
  return fieldsOf(fieldsOf(spec['template'])['spec']);
}

/** A list of objects by its name: containers, volumes; empty where it is none. */
export function listIn(fields: Fields, name: string): readonly Fields[] {
  const list = fields[name];
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  return items.map(fieldsOf);
}
