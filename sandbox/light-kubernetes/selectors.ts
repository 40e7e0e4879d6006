/** Label and field selectors of lists. Pure. */
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { LightObject } from './light-object.ts';
import { badRequest } from './refusal.ts';

/** `a=b`, `a==b`, `a!=b`, `a`, `!a`, with commas between. @throws Refusal 400 for sets (`a in (b)`) and everything else */
export function matchesLabels({ metadata }: LightObject, selector: string): boolean {
  const { labels = {} } = metadata;
  return termsOf(selector).every((term) => {
    const compared = /^([^=!\s]+)(==|=|!=)([^=!\s]*)$/u.exec(term);
    if (compared !== null) {
      const [, label = '', operator, value] = compared;
      return (labels[label] === value) === (operator !== '!=');
    }
    if (/^![^=!\s]+$/u.test(term)) return !Object.hasOwn(labels, term.slice(1));
    if (/^[^=!\s]+$/u.test(term)) return Object.hasOwn(labels, term);
    throw badRequest(`light clusters do not read the label selector ${term}`);
  });
}

/** Paths into the object, as in `spec.nodeName=node-1`. @throws Refusal 400 */
export function matchesFields(object: LightObject, selector: string): boolean {
  return termsOf(selector).every((term) => {
    const compared = /^([\w.]+)(==|=|!=)(.*)$/u.exec(term);
    if (compared === null)
      throw badRequest(`light clusters do not read the field selector ${term}`);
    const [, path = '', operator, value = ''] = compared;
    const found = path.split('.').reduce<unknown>((inside, step) => fieldsOf(inside)[step], object);
    const text = typeof found === 'string' ? found : (JSON.stringify(found) ?? '');
    return (text === value) === (operator !== '!=');
  });
}

function termsOf(selector: string): readonly string[] {
  return selector
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '');
}
