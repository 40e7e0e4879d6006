/**
 * Adds to package-lock.json the platform packages (macOS, Windows, …) of native tools that the registry this was locked on
 * does not carry: npm leaves them out, and `npm ci` then refuses the lock file everywhere. They are optional and only
 * installed where their platform is; their exact versions come from the packages that want them. Run after every
 * change of dependencies: `node .ci/complete-lock.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const added = [];

for (const [place, wanting] of Object.entries(lock.packages))
  for (const [name, version] of Object.entries(wanting.optionalDependencies ?? {})) {
    if (isLocked(place, name) || !/^\d/.test(version)) continue;
    const own = `node_modules/${name}`;
    const at = lock.packages[own] === undefined ? own : `${place}/${own}`;
    lock.packages[at] = {
      version,
      ...platformOf(name),
      ...(wanting.dev ? { dev: true } : {}),
      optional: true,
    };
    added.push(`${name}@${version}`);
  }

lock.packages = Object.fromEntries(
  Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)),
);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} platform packages added\n`);

/** Node's resolution: beside the wanting package, then upwards. */
function isLocked(place, name) {
  for (let folder = place; ;) {
    if (lock.packages[`${folder}${folder === '' ? '' : '/'}node_modules/${name}`] !== undefined)
      return true;
    if (folder === '') return false;
    const up = folder.lastIndexOf('/node_modules/');
    folder = up === -1 ? '' : folder.slice(0, up);
  }
}

/** From names such as `@swc/core-darwin-arm64`; npm skips what is for another platform. */
function platformOf(name) {
  const os = /(darwin|win32|linux|android|freebsd|openbsd|netbsd|openharmony|sunos|aix)/.exec(
    name,
  )?.[1];
  const cpu = /(arm64|x64|ia32|ppc64|s390x|riscv64|loong64|wasm32|mips64el|arm)/.exec(name)?.[1];
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(os === undefined ? {} : { os: [os] }),
  };
}
