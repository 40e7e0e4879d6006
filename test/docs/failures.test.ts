import { readFile } from 'node:fs/promises';
import { FAILURES } from '#domain/failures.ts';

describe('docs/failures.md', () => {
  it('has exactly one section per failure type, in the order of the table', async () => {
    const text = await readFile('docs/failures.md', 'utf8');
    const sections = [...text.matchAll(/^## (.+)$/gmu)].map((match) => match[1]);

    expect(sections).toEqual(Object.keys(FAILURES));
  });
});
