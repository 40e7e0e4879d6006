/**
 * Names as Route 53 keeps them: lower case, with the final dot, with `*` as `\052`; listed by their labels from the right.
 * Source: docs Route53/latest/DeveloperGuide/DomainNameFormat.html, APIReference/API_ListResourceRecordSets.html
 */
export function canonicalName(name: string): string {
  const dotted = name.endsWith('.') ? name : `${name}.`;
  return dotted.toLowerCase().replaceAll('*', String.raw`\052`);
}

/** Is the name the zone's own or below it? Both canonical. */
export function liesWithin(name: string, zoneName: string): boolean {
  return name === zoneName || name.endsWith(`.${zoneName}`);
}

export function compareNames(one: string, other: string): number {
  const [a, b] = [reversed(one), reversed(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function reversed(name: string): string {
  return name.split('.').toReversed().join('.');
}
