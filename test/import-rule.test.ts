/**
 * Who may import whom (DESIGN section 4), read from the sources' own import lines. The linter holds the same rule; this
 * one cannot be switched off by a comment.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Import {
  readonly from: string;
  readonly onlyTypes: boolean;
}

interface Rule {
  /** Files it is about; the first rule that fits a file is its rule. */
  readonly files: RegExp;
  /** What may be imported, of our own (`domain/x.ts`) and of others' (`zod`). */
  readonly allowed: readonly RegExp[];
  /** What may be imported as types only. */
  readonly asTypes?: readonly RegExp[];
}

const SDKS = [
  /^@aws-sdk\//,
  /^@smithy\//,
  /^@kubernetes\/client-node$/,
  /^undici$/,
  /^p-retry$/,
  /^pino$/,
  /^zod$/,
  /^yaml$/,
  /^ajv$/,
];

const RULES: readonly Rule[] = [
  { files: /^domain\/plan\//, allowed: [/^domain\//, /^zod$/] },
  { files: /^domain\//, allowed: [/^domain\//] },
  {
    files: /^workflows\//,
    allowed: [/^workflows\//, /^domain\//, /^@temporalio\/(workflow|common)$/],
    asTypes: [/^activities\/contract\.ts$/],
  },
  {
    files: /^activities\/adapters\/temporal\//,
    allowed: [/^activities\//, /^domain\//, /^@temporalio\/activity$/, /^p-retry$/],
  },
  {
    files: /^activities\/adapters\//,
    allowed: [/^activities\//, /^domain\//, /^node:/, ...SDKS],
  },
  {
    files: /^activities\/activity-run\.ts$/,
    allowed: [/^activities\//, /^domain\//, /^@temporalio\/activity$/],
  },
  { files: /^activities\//, allowed: [/^activities\/(?!adapters\/)/, /^domain\//] },
  {
    files: /^workers\//,
    allowed: [
      /^workers\//,
      /^activities\//,
      /^domain\//,
      /^node:/,
      /^@temporalio\/(worker|activity|common|envconfig)$/,
      /^pino$/,
    ],
  },
  {
    files: /^clients\//,
    allowed: [
      /^clients\//,
      /^domain\//,
      /^workflows\/(messages|preflight-messages|certify-messages|search-attributes)\.ts$/,
      // Text into objects: no SDK, and the same for a file as for a cluster.
      /^activities\/adapters\/manifests\//,
      // Loaded by its verb alone, as a program of its own.
      /^sandbox\/cli\.ts$/,
      /^node:/,
      /^@temporalio\/(client|common|envconfig)$/,
      /^(zod|yaml|commander|picocolors|listr2|cli-table3|p-retry)$/,
    ],
    asTypes: [/^workflows\//],
  },
];

const PRODUCT = ['domain', 'workflows', 'activities', 'workers', 'clients'] as const;

/** Every import of a source file; ours as paths from the root. */
function importsOf(file: string, source: string): readonly Import[] {
  const code = source.replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gmu, '');
  const found = [
    ...code.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'";]*?\sfrom\s+'([^']+)'/gmu),
    ...code.matchAll(/^\s*import\s+()'([^']+)'/gmu),
    ...code.matchAll(/\bimport\(\s*()'([^']+)'/gu),
  ];
  return found.map(([, type, from = '']) => ({
    from: resolved(file, from),
    onlyTypes: type !== undefined && type !== '',
  }));
}

function resolved(file: string, from: string): string {
  if (from.startsWith('#')) return from.slice(1);
  return from.startsWith('.') ? normalize(join(file, '..', from)) : from;
}

function violations(file: string, source: string): readonly string[] {
  const rule = RULES.find(({ files }) => files.test(file));
  if (rule === undefined) return [`${file} has no rule`];
  const fits = (patterns: readonly RegExp[], from: string): boolean =>
    patterns.some((pattern) => pattern.test(from));
  return importsOf(file, source)
    .filter(
      ({ from, onlyTypes }) =>
        !fits(rule.allowed, from) && !(onlyTypes && fits(rule.asTypes ?? [], from)),
    )
    .map(({ from }) => `${file} imports ${from}`);
}

async function sources(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}

describe('the import rule', () => {
  it.each(PRODUCT)('is kept by %s', async (folder) => {
    const files = await sources(folder);

    const broken = await Promise.all(
      files.map(async (file) => violations(file, await readFile(join(ROOT, file), 'utf8'))),
    );

    expect(files.length).toBeGreaterThan(5);
    expect(broken.flat()).toEqual([]);
  });

  it.each([
    ['domain/a.ts', "import { readFile } from 'node:fs/promises';"],
    ['domain/a.ts', "import { z } from 'zod';"],
    ['workflows/a.ts', "import { createActivities } from '#activities/create-activities.ts';"],
    ['workflows/a.ts', "import { MigrationActivities } from '#activities/contract.ts';"],
    ['workflows/phases/a.ts', "import { ports } from '../../activities/ports/ports.ts';"],
    ['workflows/a.ts', "import {\n  one,\n  two,\n} from '@temporalio/client';"],
    ['activities/a.ts', "import { EKSClient } from '@aws-sdk/client-eks';"],
    ['activities/a.ts', "export { alb } from './adapters/aws/alb-router.ts';"],
    ['activities/a.ts', "const aws = await import('@aws-sdk/client-eks');"],
    ['activities/adapters/a.ts', "import { up } from '#sandbox/cli.ts';"],
    ['workers/a.ts', "import { send } from '#clients/migrations/send-message.ts';"],
    ['clients/a.ts', "import '#workers/main.ts';"],
    ['clients/a.ts', "import { Run } from '#workflows/run.ts';"],
  ])('would catch in %s: %s', (file, source) => {
    expect(violations(file, source)).toHaveLength(1);
  });

  it('lets types of the contract and comments pass', () => {
    const source = [
      "import type { MigrationActivities } from '#activities/contract.ts';",
      "import { condition } from '@temporalio/workflow';",
      "// import { z } from 'zod';",
      " * import { z } from 'zod';",
    ].join('\n');

    expect(violations('workflows/a.ts', source)).toEqual([]);
  });
});
