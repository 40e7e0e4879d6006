/**
 * Writes the definitions of the Gateway API that the stand-in installs: the standard channel's own, of one pinned release of its Go
 * module, without descriptions, examples and versions that are not served. Run by hand when the release changes:
 * `npx node sandbox/gateway-controller/make-definitions.ts`. Needs Go.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';

const MODULE = 'sigs.k8s.io/gateway-api@v1.6.3';
/** What Go's checksum database says of it. */
const SUM = 'h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=';
const KINDS = ['gatewayclasses', 'gateways', 'httproutes'] as const;

const downloadSchema = z.object({ Dir: z.string(), Sum: z.string() });

const definitionSchema = z.looseObject({
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()) }),
  spec: z.looseObject({ versions: z.array(z.looseObject({ served: z.boolean() })) }),
});

await main();

async function main(): Promise<void> {
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', MODULE]);
  const { Dir, Sum } = downloadSchema.parse(JSON.parse(stdout));
  if (Sum !== SUM) throw new Error(`${MODULE} has the sum ${Sum}, expected ${SUM}`);
  for (const kind of KINDS) {
    const file = join(Dir, 'config/crd/standard', `gateway.networking.k8s.io_${kind}.yaml`);
    const { spec, metadata } = definitionSchema.parse(parse(await readFile(file, 'utf8')));
    const versions = spec.versions.filter(({ served }) => served).map(withoutProse);
    const definition = { metadata, spec: { ...spec, versions } };
    const target = new URL(`definitions/${kind}.json`, import.meta.url);
    await writeFile(target, `${JSON.stringify(definition)}\n`);
  }
}

/** `description` is prose where it is a text; a property of that name is an object. */
function withoutProse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]: [string, unknown]) =>
      key === 'description' && typeof one === 'string' ? [] : [[key, withoutProse(one)]],
    ),
  );
}
