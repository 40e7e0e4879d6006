import { readdir } from 'node:fs/promises';
import { formatProblems, readPlanFile } from '#clients/plan-file.ts';

const examples = new URL('../examples/', import.meta.url);
const files = (await readdir(examples)).filter((name) => name.endsWith('.yaml'));

describe('the examples', () => {
  it.each(files)('%s is a right plan', async (name) => {
    const result = await readPlanFile(new URL(name, examples).pathname);

    expect(result.kind === 'invalid' ? formatProblems(result.problems) : '').toBe('');
  });

  it('the default plan is what every figure is measured with: one route, five steps, one namespace', async () => {
    const result = await readPlanFile(new URL('1-default.yaml', examples).pathname);

    const spec = result.kind === 'valid' ? result.plan.spec : undefined;
    expect(spec?.traffic.groups).toMatchObject([
      { steps: [1, 5, 25, 50, 100], routes: [{ with: 'alb' }] },
    ]);
    expect(spec?.workloads.namespaces).toEqual(['shop']);
  });
});
