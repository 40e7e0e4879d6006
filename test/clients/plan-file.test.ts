import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import {
  formatProblems,
  parsePlan,
  readPlanFile,
  type PlanFileProblem,
} from '#clients/plan-file.ts';
import { smallestPlan } from '#test/domain/plan/plan-builder.ts';

const fixture = new URL('fixtures/ten-mistakes.yaml', import.meta.url).pathname;

function problemsIn(text: string): readonly PlanFileProblem[] {
  const result = parsePlan(text, 'plan.yaml');
  return result.kind === 'invalid' ? result.problems : [];
}

function positions(text: string): readonly string[] {
  return problemsIn(text).map(({ line, column, path }) => `${line}:${column} ${path.join('.')}`);
}

describe('a plan with ten different mistakes', () => {
  it('yields ten problems, each where it stands, in the order of the file', async () => {
    const result = await readPlanFile(fixture);

    const problems = result.kind === 'invalid' ? result.problems : [];
    expect(problems.map(({ line, column, path }) => `${line}:${column} ${path.join('.')}`)).toEqual(
      [
        '7:25 spec.access.default.account',
        '9:21 spec.green.cluster',
        '9:63 spec.green.provision.with',
        '10:47 spec.workloads.namespaces.1',
        '12:32 spec.traffic.promise.rollbackWithin',
        '16:15 spec.traffic.groups.0.bake',
        '22:20 spec.traffic.groups.0.routes.0.green',
        '27:37 spec.analysis.guardrails.0.from',
        '29:5 spec.gates.shift.approvers',
        '30:39 spec.gates.retire.onExpirey',
      ],
    );
    expect(problems.every(({ file }) => file === fixture)).toBe(true);
  });

  it('prints a line for each, with what was found, what is allowed, and a hint', async () => {
    const result = await readPlanFile(fixture);

    const lines = formatProblems(result.kind === 'invalid' ? result.problems : []).split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[9]).toBe(
      `${fixture}:30:39  spec.gates.retire.onExpirey: found an unknown field; allowed: ` +
        'one of approvers, quorum, notRequester, expires, onExpiry (did you mean "onExpiry"?)',
    );
  });
});

describe('positions', () => {
  const right = JSON.stringify(smallestPlan());

  it('are the value’s where a value is wrong', () => {
    expect(positions('apiVersion: v1\n')).toContain('1:13 apiVersion');
  });

  it('are the key’s where a field is unknown or its value empty', () => {
    const found = positions('metadata:\n  nmae: x\nspec:\n');

    expect(found).toContain('2:3 metadata.nmae');
    expect(found).toContain('3:1 spec');
  });

  it('are the parent’s where a field is missing', () => {
    const found = positions('metadata: {}\nspec:\n  gates:\n    shift:\n      quorum: 1\n');

    expect(found).toContain('1:1 metadata.name');
    expect(found).toContain('4:5 spec.gates.shift.approvers');
    expect(found).toContain('3:3 spec.gates.retire');
  });

  it('lead through aliases to where the text stands', () => {
    const found = positions('metadata: &m { name: Wrong }\nspec: { soak: *m }\n');

    expect(found).toContain('1:22 metadata.name');
    expect(found).toContain('1:16 spec.soak.name');
  });

  it('are right in JSON too', () => {
    const text = right.replace('{"cluster":"shop-blue"}', '\n{"cluster": 5}');

    expect(positions(text)).toEqual(['2:13 spec.blue.cluster']);
  });
});

describe('text that is no plain YAML', () => {
  it('is reported where the syntax breaks', () => {
    const [problem] = problemsIn('apiVersion: cutover/v1\nspec: { blue: [ }\n');

    expect(problem).toMatchObject({
      line: 2,
      column: 17,
      allowed: 'one document of plain YAML 1.2 or JSON',
    });
  });

  it('is not read past a syntax error, so that no echo is reported', () => {
    expect(problemsIn('spec: {{{\n').every(({ path }) => path.length === 0)).toBe(true);
  });

  it('has each field once', () => {
    const text = `${JSON.stringify(smallestPlan()).slice(0, -1)},\n"kind": "ClusterMigration"}`;

    expect(problemsIn(text)).toMatchObject([
      { line: 2, column: 1, path: ['kind'], found: 'the same field again' },
    ]);
  });

  it.each([
    ['a tag', 'metadata: !!binary aGk=\n'],
    ['two documents', 'kind: ClusterMigration\n---\nkind: ClusterMigration\n'],
    ['a key that is no text', '? [1]\n: 2\n'],
    ['an alias without anchor', 'metadata: *nowhere\n'],
    ['an anchor within itself', 'metadata: &a [*a]\n'],
    ['a key JavaScript treats specially', '__proto__: { polluted: true }\n'],
  ])('is refused: %s', (_, text) => {
    expect(problemsIn(text).length).toBeGreaterThan(0);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('a bomb', () => {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inner = level === 0 ? 'x' : Array.from({ length: 9 }, () => `*l${level - 1}`).join(', ');
    return `l${level}: &l${level} [${inner}]`;
  });

  it.each([
    ['of aliases', levels.join('\n'), 'too many aliases'],
    [
      'of alias signs',
      `a: &a 1\nb: [${Array.from({ length: 20_000 }, () => '*a').join(', ')}]`,
      'too many aliases',
    ],
    ['of flow nesting', '['.repeat(200_000), 'nesting too deep to read'],
    ['of block nesting', '- '.repeat(200_000), 'nesting too deep to read'],
  ])('%s is refused', (_, text, found) => {
    expect(problemsIn(text).map((problem) => problem.found)).toContain(found);
  });

  it('of unknown fields is refused, and no terminal is flooded', () => {
    const text = Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`).join('\n');

    const problems = problemsIn(text);

    expect(problems.length).toBeGreaterThan(10_000);
    expect(formatProblems(problems).split('\n')).toHaveLength(101);
  });
});

describe('reading', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cutover-plan-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  async function foundIn(name: string, content: string | Uint8Array): Promise<readonly string[]> {
    const path = join(directory, name);
    await writeFile(path, content);
    const result = await readPlanFile(path);
    return result.kind === 'invalid' ? result.problems.map(({ found }) => found) : [];
  }

  it('takes - for standard input', async () => {
    const input = Readable.from([Buffer.from(JSON.stringify(smallestPlan()))]);

    expect(await readPlanFile('-', input)).toMatchObject({ kind: 'valid', file: '<stdin>' });
  });

  it('names a file that is not there as a problem', async () => {
    const result = await readPlanFile(join(directory, 'nowhere.yaml'));

    expect(result).toMatchObject({ kind: 'invalid', problems: [{ line: 1, column: 1 }] });
    expect(JSON.stringify(result)).toContain('ENOENT');
  });

  it('names a path that is none, a directory, too much, and bytes that are no text', async () => {
    expect(await readPlanFile('a\0b')).toMatchObject({ kind: 'invalid' });
    expect(await readPlanFile(directory)).toMatchObject({ kind: 'invalid' });
    expect(await foundIn('large.yaml', ' '.repeat(1_048_577))).toEqual(['more than 1 MB']);
    expect(await foundIn('latin1.yaml', new Uint8Array([0x61, 0xe4]))).toEqual([
      'bytes that are not UTF-8',
    ]);
    expect(await foundIn('empty.yaml', '')).toEqual(['nothing']);
  });

  it('ignores a byte order mark', async () => {
    expect(await foundIn('bom.yaml', `\ufeff${JSON.stringify(smallestPlan())}`)).toEqual([]);
  });
});

describe('any text', () => {
  it('is read or refused with positions within it, and never throws', () => {
    const yamlish = fc
      .array(
        fc.constantFrom(
          'a',
          'spec',
          ':',
          ' ',
          '\n',
          '  ',
          '- ',
          '[',
          ']',
          '{',
          '}',
          '&x ',
          '*x',
          '!t ',
          '? ',
          '"',
          "'",
          '|',
          '#',
          ',',
          '%',
          '~',
          '<<',
          '\t',
          '...',
          '---',
          '1',
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(yamlish, fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const lineCount = text.split('\n').length;

        const result = parsePlan(text, 'plan.yaml');

        expect(result.kind).toBe('invalid');
        for (const { line, column } of result.kind === 'invalid' ? result.problems : []) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lineCount + 1);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
