import { formatProblems, readPlanFile } from '../plan-file.ts';
import { ok, type Check } from './check.ts';

/** `@kubernetes/client-node` 2 does not load on an older one (its undici needs 22.19). */
const NODE_AT_LEAST = { major: 22, minor: 19 } as const;

export function checkNode(version: string): Check {
  const name = 'Node';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const { major: leastMajor, minor: leastMinor } = NODE_AT_LEAST;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok(name, version);
  return {
    name,
    status: 'fail',
    found: `${version}, needed ${leastMajor}.${leastMinor} or newer`,
    remedy: ['npm ci (brings the pinned Node 24, which `npx cutover` uses)'],
  };
}

/** @param file a path, or `-` for standard input */
export async function checkPlanFile(file: string): Promise<Check> {
  const name = 'plan';
  const result = await readPlanFile(file);
  if (result.kind === 'valid') return ok(name, `${file}: ${result.plan.metadata.name}`);
  return {
    name,
    status: 'fail',
    found: `${file} cannot be used`,
    remedy: formatProblems(result.problems).split('\n'),
  };
}
