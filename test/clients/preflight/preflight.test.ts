/** `cutover preflight --manifests` as its users run it. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helmSecret } from '#test/support/helm-secret.ts';
import { runCli, type CliRun } from '../run-cli.ts';

const PDB = `apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { minAvailable: 1 }
`;
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\n';
const STACK = /^\s+at .+:\d+:\d+\)?$/mu;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-manifests-'));
  await mkdir(join(folder, 'apps'));
  await mkdir(join(folder, '.git'));
  await writeFile(join(folder, 'apps', 'web.yaml'), `${SERVICE}---\n${PDB}---\n# nothing\n`);
  await writeFile(join(folder, 'apps', 'values.yaml'), 'replicas: 3\n');
  await writeFile(join(folder, 'readme.md'), PDB);
  await writeFile(join(folder, '.git', 'old.yaml'), PDB);
  await symlink(folder, join(folder, 'apps', 'loop'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function preflight(source: string, ...more: readonly string[]): Promise<CliRun> {
  return runCli(['preflight', '--manifests', source, '--target-version', '1.36', ...more]);
}

async function ofText(text: string, ...more: readonly string[]): Promise<CliRun> {
  return runCli(
    ['preflight', '--manifests', '-', '--target-version', '1.36', '-o', 'json', ...more],
    { stdin: text },
  );
}

function dumpOf(manifest: string, status?: string): string {
  const secret = helmSecret({ manifest, ...(status === undefined ? {} : { status }) });
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [secret] });
}

describe('a folder of manifests', () => {
  it('is read whole, and what the target no longer serves blocks it, with file and line', async () => {
    const run = await preflight(folder, '-o', 'json');

    expect(run.json()).toMatchObject({
      findings: [
        {
          code: 'api-removed',
          severity: 'block',
          resource: {
            apiVersion: 'policy/v1beta1',
            kind: 'PodDisruptionBudget',
            namespace: 'shop',
            name: 'web',
          },
          evidence: 'written as policy/v1beta1',
          remedy: expect.stringContaining('policy/v1 PodDisruptionBudget'),
          source: expect.stringContaining('deprecation-guide'),
          file: join(folder, 'apps', 'web.yaml'),
          line: 5,
        },
      ],
      summary: { files: 2, objects: 2, releases: 0, block: 1, warn: 0, info: 0 },
    });
    expect(run.code).toBe(3);
  });

  it('is shown as a table for people', async () => {
    const { code, stdout } = await preflight(folder);

    expect(stdout).toContain('PodDisruptionBudget shop/web');
    expect(stdout).toContain('next: write it as policy/v1 PodDisruptionBudget');
    expect(stdout).toContain('2 objects in 2 files');
    expect(code).toBe(3);
  });

  it('is shown as SARIF, with the place', async () => {
    const run = await preflight(folder, '-o', 'sarif');

    expect(run.json()).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { rules: [{ id: 'api-removed' }] } },
          results: [
            {
              ruleId: 'api-removed',
              ruleIndex: 0,
              level: 'error',
              locations: [{ physicalLocation: { region: { startLine: 5 } } }],
            },
          ],
        },
      ],
    });
  });

  it('is shown as Markdown in which no name can become markup', async () => {
    const { stdout } = await runCli(
      ['preflight', '--manifests', '-', '--target-version', '1.36', '-o', 'markdown'],
      { stdin: PDB.replace('name: web', 'name: "a|[b](c)"') },
    );

    expect(stdout).toContain(String.raw`shop/a\|\[b\](c)`);
  });
});

describe('a Helm release', () => {
  it('is opened: what it holds is found, which nobody sees in the cluster', async () => {
    const run = await ofText(dumpOf(PDB));

    expect(run.json()).toMatchObject({
      findings: [
        {
          code: 'api-removed',
          evidence: 'written as policy/v1beta1, in Helm release shop/web revision 3',
        },
      ],
      summary: { releases: 1 },
    });
    expect(run.code).toBe(3);
  });

  it('that was superseded does not matter', async () => {
    expect((await ofText(dumpOf(PDB, 'superseded'))).code).toBe(0);
  });

  it('that cannot be opened is said', async () => {
    const run = await ofText(dumpOf(PDB).replace(/"release":"..../u, '"release":"'));

    expect(run.json()).toMatchObject({
      findings: [{ code: 'manifest-unreadable', severity: 'warn' }],
    });
    expect(run.code).toBe(2);
  });
});

describe('the way', () => {
  it('from blue tells what was gone there already', async () => {
    const run = await ofText(PDB, '--from-version', '1.33');

    expect(run.json()).toMatchObject({
      findings: [{ code: 'api-removed-before', severity: 'warn' }],
    });
    expect(run.code).toBe(2);
  });

  it('to a version that the data does not reach is said', async () => {
    const { stderr } = await runCli(
      ['preflight', '--manifests', '-', '--target-version', '1.99', '-o', 'json'],
      { stdin: SERVICE },
    );

    expect(stderr).toContain('what Kubernetes 1.99 removes is known as far as');
  });
});

describe('clean manifests', () => {
  it.each([SERVICE, '', '# only words\n', '---\n---\n', '{"apiVersion":"v1","kind":"Pod"}'])(
    'are exit 0: %j',
    async (text) => {
      const run = await ofText(text);

      expect(run.json()).toMatchObject({ findings: [] });
      expect(run.code).toBe(0);
    },
  );
});

describe('what cannot be read', () => {
  it('as YAML is a warning that says where, and the rest is read', async () => {
    const run = await ofText(`${SERVICE}---\nkind: [\n---\n${SERVICE}`);

    expect(run.json()).toMatchObject({
      findings: [{ code: 'manifest-unreadable' }],
      summary: { objects: expect.any(Number), warn: 1 },
    });
    expect(run.code).toBe(2);
  });

  it('because it is a template says how to render it', async () => {
    const run = await ofText('{{- if .Values.enabled }}\nkind: Pod\n{{- end }}\n');

    expect(run.json()).toMatchObject({
      findings: [{ remedy: expect.stringContaining('helm template') }],
    });
  });

  it.each([
    [['--manifests', '/nowhere/at/all', '--target-version', '1.36'], 'cannot be read'],
    [['--manifests', '-', '--target-version', 'latest'], '--target-version is "latest"'],
    [['--manifests', '-', '--target-version', '1.33', '--from-version', '1.36'], 'is newer than'],
    [['--manifests', '-'], 'there is nothing to look at'],
    [['--target-version', '1.36'], 'there is nothing to look at'],
    [['plan.yaml', '--manifests', '-'], 'a plan says itself'],
  ])('is exit 64 with a sentence and no stack: %j', async (args, says) => {
    const { code, stdout, stderr } = await runCli(['preflight', ...args]);

    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(STACK);
    expect(stdout).toBe('');
    expect(code).toBe(64);
  });
});
