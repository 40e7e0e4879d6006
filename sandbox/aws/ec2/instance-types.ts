/**
 * What a type of instance is, read off its name as AWS gives them: `m7i.2xlarge` has eight vCPUs and counts against the quota of
 * Standard families. Sizes outside of the pattern (bare metal) are not played.
 */
const BY_SIZE: Readonly<Record<string, number>> = {
  nano: 2,
  micro: 2,
  small: 2,
  large: 2,
  xlarge: 4,
};

/** Undefined: no such size. */
export function vcpusOf(instanceType: string): number | undefined {
  const [family = '', size = ''] = instanceType.split('.');
  if (size === 'medium') return family.startsWith('t') ? 2 : 1;
  const times = /^(\d+)xlarge$/u.exec(size)?.[1];
  return times === undefined ? BY_SIZE[size] : 4 * Number(times);
}
