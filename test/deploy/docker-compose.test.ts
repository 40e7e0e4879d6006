/**
 * No Docker engine runs where these tests do, so what can be proven without one is: the compose file follows the
 * Compose Specification's own JSON schema (`compose-spec.json`, from compose-go, Apache-2.0), every local file it
 * names exists, and the image copies exactly the folders the worker imports.
 */
import { access, readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const compose: unknown = parse(await readFile('docker-compose.yml', 'utf8'));

describe('docker-compose.yml', () => {
  it('follows the compose specification', async () => {
    const schema: unknown = JSON.parse(await readFile('test/deploy/compose-spec.json', 'utf8'));
    if (typeof schema !== 'object' || schema === null) throw new Error('no schema');
    const ajv = new Ajv2020({ strict: false, validateFormats: false });

    const valid = ajv.validate(schema, compose);

    expect({ valid, errors: ajv.errors }).toEqual({ valid: true, errors: null });
  });

  it('names only local files that exist', async () => {
    const mounts = [...JSON.stringify(compose).matchAll(/"(\.\/[^:"]+):/gu)].map(
      (match) => match[1] ?? '',
    );

    expect(mounts.length).toBeGreaterThan(0);
    for (const mount of mounts) await expect(access(mount)).resolves.toBeUndefined();
  });

  it('starts Temporal with PostgreSQL and UI, and the worker', () => {
    const services =
      typeof compose === 'object' && compose !== null ? Reflect.get(compose, 'services') : {};

    expect(Object.keys(services)).toEqual(
      expect.arrayContaining(['postgresql', 'temporal', 'temporal-ui', 'worker']),
    );
  });
});

describe('Dockerfile', () => {
  it('copies every folder that the worker can import', async () => {
    const dockerfile = await readFile('Dockerfile', 'utf8');

    for (const folder of ['domain', 'workflows', 'activities', 'workers', 'clients', 'bin'])
      expect(dockerfile).toContain(`COPY ${folder} ${folder}`);
  });
});
