/** What a worker's workflow sandbox is given holds the story, the domain and Temporal, and nothing that acts. */
import { workflowBundle } from '#test/support/workflow-bundle.ts';

/** Packages that Temporal's own workflow library brings along. */
const TEMPORAL = ['@temporalio/common', '@temporalio/workflow', 'nexus-rpc', 'ms', 'long'];

/** Modules of a bundle by path, as webpack heads them. */
function modulesOf(code: string): readonly string[] {
  return [...code.matchAll(/^\/\*\*\*\/ "(\.[^"]+)"/gmu)].map(([, path = '']) => path);
}

function strangersIn(code: string): readonly string[] {
  return modulesOf(code).filter((path) => {
    const name = /^\.\/node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(path)?.[1];
    return name === undefined
      ? !/^\.\/(?:domain|workflows)\//u.test(path)
      : !TEMPORAL.includes(name);
  });
}

describe('the workflow bundle', () => {
  it('holds workflows, domain and Temporal alone: no SDK, no zod, no Node', async () => {
    const { code } = await workflowBundle();

    expect(modulesOf(code)).toEqual(
      expect.arrayContaining([
        './workflows/migrate-cluster.ts',
        './domain/migration/rollback-plan.ts',
      ]),
    );
    expect(strangersIn(code)).toEqual([]);
    expect(code.split('//# sourceMappingURL')[0]).not.toMatch(
      /@aws-sdk|@kubernetes|client-node|undici|\bzod\b|require\(["']node:/u,
    );
  }, 60_000);

  it('would show a stranger', () => {
    const planted = [
      './node_modules/zod/index.js',
      './activities/ports/ports.ts',
      './domain/migration/phases.ts',
    ]
      .map((path) => `/***/ "${path}"\n`)
      .join('');

    expect(strangersIn(planted)).toEqual([
      './node_modules/zod/index.js',
      './activities/ports/ports.ts',
    ]);
  });
});
