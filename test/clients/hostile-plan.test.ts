/**
 * Plans that somebody wrote to do harm, given to the command line as its users give them: each is refused with the place and what
 * is allowed there, exit code 64, and nothing of it was carried out. What only shows when it is asked (a host that a plan names)
 * is in `test/activities/adapters/outbound.test.ts`.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runCli } from './run-cli.ts';

const DEFAULT_PLAN = fileURLToPath(new URL('../../examples/1-default.yaml', import.meta.url));
const STACK = /^\s+at .+:\d+:\d+\)?$/mu;
const PLAN_TEXT = await readFile(DEFAULT_PLAN, 'utf8');

/** The default plan with one thing put in the place of another. */
function planWith(old: string, hostile: string): string {
  if (!PLAN_TEXT.includes(old)) throw new Error(`the default plan does not say ${old}`);
  return PLAN_TEXT.replaceAll(old, hostile);
}

const LAUGHS = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, level) => {
    const inner = 'abcdefgh'.charAt(level);
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${inner}`).join(', ')}]`;
  }),
].join('\n');

const HOSTILE: readonly (readonly [what: string, text: string, says: string])[] = [
  [
    'a capsule outside of its directory',
    planWith('green: keep', 'green: keep, capsule: { with: file, directory: /tmp/../etc }'),
    'spec.rollback.capsule.directory',
  ],
  [
    'a name that is a path',
    planWith('name: shop-eu-1-36', 'name: ../../etc/passwd'),
    'metadata.name',
  ],
  [
    'a namespace that is a path',
    planWith('[shop]', '["../kube-system"]'),
    'spec.workloads.namespaces',
  ],
  ['a bomb of aliases', LAUGHS, 'too many aliases'],
  ['a bomb of nesting', '{a: '.repeat(50_000), 'nesting too deep'],
  ['two megabytes', `# ${'x'.repeat(2_097_152)}\n${PLAN_TEXT}`, 'more than 1 MB'],
  [
    "a key that reaches every object's prototype",
    `${PLAN_TEXT}\n__proto__: { polluted: true }\n`,
    '__proto__',
  ],
  [
    'a constructor',
    planWith(
      'rollback: { green: keep }',
      'rollback: { green: keep, constructor: { prototype: 1 } }',
    ),
    'constructor',
  ],
  [
    'another ARN within an ARN',
    planWith(
      '50dc6c495c0c9188/f2f7dc8efc522ab2',
      '50dc6c495c0c9188,arn:aws:iam::999999999999:role/admin',
    ),
    'spec.traffic.groups[0].routes[0].rule',
  ],
  [
    'a star in an ARN',
    planWith('targetgroup/shop-green/73e2d6bc24d8a067', 'targetgroup/*/*'),
    'spec.traffic.groups[0].routes[0].green',
  ],
  [
    'a line break in an ARN',
    planWith(
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-blue/6d0ecf831eec9f09',
      '"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-blue/6d0ecf831eec9f09\\nX: 1"',
    ),
    'spec.traffic.groups[0].routes[0].blue',
  ],
  [
    "a smoke test that leaves its load balancer for the machine's credentials",
    planWith('path: /healthz', 'path: "http://169.254.169.254/latest/meta-data"'),
    'spec.smoke[0].http.path',
  ],
  [
    'a smoke test that leaves its load balancer by its path',
    planWith('path: /healthz', 'path: "//169.254.169.254/"'),
    'spec.smoke[0].http.path',
  ],
  [
    'notices to a file',
    planWith('- { with: log }', '- { with: webhook, url: "file:///etc/passwd" }'),
    'spec.notify[0]',
  ],
  [
    'a terminal escape in a name',
    planWith('name: storefront', 'name: "store\\u001b[2Jfront"'),
    'spec.traffic.groups[0].name',
  ],
];

describe('a hostile plan', () => {
  it.each(HOSTILE)('is refused by field, and no stack is shown: %s', async (_, text, says) => {
    const { code, stdout, stderr } = await runCli(['plan', '-'], { stdin: text });

    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(STACK);
    // No control character of the plan reaches a terminal.
    expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
    expect(stdout).toBe('');
    expect(code).toBe(64);
  });
});
