/**
 * What the product is built of, as far as it can be checked without asking anybody: versions are exact, what is fetched is known by
 * its hash, only known packages run code at installation, licences are ones that a company can ship. Known vulnerabilities are
 * the registry's to say: `npm audit --omit=dev`.
 */
import { readFile } from 'node:fs/promises';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';

/** They fetch or build native code; nobody else may run anything. */
const RUN_AT_INSTALLATION = [
  '@grpc/proto-loader/node_modules/protobufjs',
  '@parcel/watcher',
  '@swc/core',
  'node',
];

const LICENCES: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  // Data of browsers' versions, which the workflow bundler reads.
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Unlicense',
]);

const lock: unknown = JSON.parse(await readFile('package-lock.json', 'utf8'));
const manifest: unknown = JSON.parse(await readFile('package.json', 'utf8'));
const packages = Object.entries(fieldsOf(fieldsOf(lock)['packages']))
  .filter(([place]) => place !== '')
  .map(([place, found]) => ({ name: place.slice('node_modules/'.length), ...fieldsOf(found) }));

function namesOf(fits: (found: Fields) => boolean): readonly string[] {
  return packages.filter(fits).map(({ name }) => name);
}

describe('dependencies', () => {
  it('are pinned to exact versions', () => {
    const { dependencies, devDependencies } = fieldsOf(manifest);
    const versions = Object.values({ ...fieldsOf(dependencies), ...fieldsOf(devDependencies) });

    expect(versions.length).toBeGreaterThan(20);
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/u.test(String(version)))).toEqual([]);
  });

  it('are known by their hash; only packages of other platforms, which are optional, may lack it', () => {
    expect(
      namesOf(({ integrity, optional }) => typeof integrity !== 'string' && optional !== true),
    ).toEqual([]);
  });

  it('run no code at installation, but for a few that are known', () => {
    expect(namesOf(({ hasInstallScript }) => hasInstallScript === true)).toEqual(
      RUN_AT_INSTALLATION,
    );
  });

  it('have licences that may be shipped', () => {
    expect(
      namesOf(
        ({ license, dev, optional }) =>
          dev !== true && optional !== true && !LICENCES.has(String(license)),
      ),
      // It says `licenses`, an older spelling that npm does not copy: Unlicense.
    ).toEqual(['unionfs']);
  });

  it('come from no place that the lock file names', () => {
    expect(namesOf(({ resolved }) => resolved !== undefined)).toEqual([]);
  });
});
