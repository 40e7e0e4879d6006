import { readFile } from 'node:fs/promises';
import { OBJECT_FINDING_CODES } from '#domain/api-removals/object-finding.ts';
import { FINDING_CODES } from '#domain/preflight/finding.ts';

describe('docs/findings.md', () => {
  it('has exactly one section per code, each with severity, remedy and source', async () => {
    const text = await readFile('docs/findings.md', 'utf8');
    const sections = text.split(/^## /mu).slice(1);

    expect(sections.map((section) => section.split('\n')[0])).toEqual([
      ...FINDING_CODES,
      ...OBJECT_FINDING_CODES,
    ]);
    for (const section of sections)
      expect(section).toMatch(
        /^[\w-]+\n`(?:block|warn|info)`.*\. [A-Z].+\.\n\n\*Source:\* .+\.\n/u,
      );
  });
});
