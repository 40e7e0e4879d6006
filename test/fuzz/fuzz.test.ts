/** A sample of `npm run fuzz`, and what keeps it whole. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fuzz, type FuzzTarget } from './fuzz.ts';
import { FUZZ_TARGETS } from './targets.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('wrong input', () => {
  it.each(FUZZ_TARGETS.map((target) => [target.name, target] as const))(
    'never leaves %s without an answer',
    (_, target) => {
      expect(fuzz(target, 300, 1)).toBeNull();
    },
  );

  it('of every parser of the product is tried', async () => {
    const parsers = await parsersOf(['domain', 'clients', 'activities', 'workers']);

    expect(parsers.length).toBeGreaterThan(10);
    expect(parsers.filter((name) => !FUZZ_TARGETS.some((target) => target.name === name))).toEqual(
      [],
    );
  });
});

describe('the fuzzer', () => {
  const thrower = (thrown: Error): FuzzTarget => ({
    name: 'thrower',
    takes: 'json',
    corpus: [{ weight: 1 }],
    read: (value) => {
      if (typeof value !== 'object' || value === null) throw thrown;
    },
  });

  it('finds an uncaught error, with the input that does it', () => {
    const finding = fuzz(thrower(new TypeError('weight of undefined')), 1_000, 1);

    expect(finding?.thrown).toContain('weight of undefined');
    expect(typeof JSON.parse(finding?.input ?? '{}')).not.toBe('object');
  });

  it('draws the same inputs again from the same seed', () => {
    const drawn = (seed: number): readonly string[] => {
      const inputs: string[] = [];
      const corpus = ['1h30m', '10s'];
      fuzz({ name: 'x', takes: 'text', corpus, read: (text) => inputs.push(text) }, 50, seed);
      return inputs;
    };

    expect(drawn(3)).toEqual(drawn(3));
    expect(drawn(3)).not.toEqual(drawn(4));
  });
});

/** Exported functions that are named as parsers are. */
async function parsersOf(folders: readonly string[]): Promise<readonly string[]> {
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(ROOT, folder), { recursive: true })).map((file) => join(folder, file)),
    ),
  );
  const sources = await Promise.all(
    files
      .flat()
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFile(join(ROOT, file), 'utf8')),
  );
  return sources.flatMap((source) =>
    [...source.matchAll(/^export function ((?:parse|decode)[A-Z]\w*)/gmu)].map(
      ([, name = '']) => name,
    ),
  );
}
