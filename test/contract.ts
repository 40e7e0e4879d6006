/**
 * `npm run contract -- [traffic|clusters|metrics|…]`: runs the contract suites of the ports whose names begin so, `traffic` being
 * all that move users. With `AWS_ENDPOINT_URL` set the suites that ask AWS run against that endpoint instead of an emulator of
 * their own: another implementation, or with its region's own endpoint a real account that is furnished as
 * `test/contract/emulated-aws.ts` says. Ends with the line `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';

const FOLDER = new URL('./contract/', import.meta.url);
const TRAFFIC = ['traffic-router', 'smoke-door', 'target-groups'];

process.exitCode = await main(process.argv.slice(2));

async function main([wanted = '']: readonly string[]): Promise<number> {
  const suites = (await readdir(FOLDER))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.replace(/\.test\.ts$/u, ''));
  const prefixes = wanted === 'traffic' ? TRAFFIC : [wanted];
  const chosen = suites.filter((suite) => prefixes.some((prefix) => suite.startsWith(prefix)));
  if (chosen.length === 0) {
    process.stderr.write(
      `no contract begins with ${wanted}; there are traffic, ${suites.join(', ')}\n`,
    );
    return 64;
  }
  const paths = chosen.map((suite) => `test/contract/${suite}.test.ts`);
  const child = spawn(process.execPath, ['test/run.ts', ...paths], { stdio: 'inherit' });
  const [code]: readonly unknown[] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
