/**
 * Runs outlive deploys (I12): a run begun by an earlier version carries its plan as that version parsed it. Whatever today's
 * code reads of a plan must be there, or be filled in by `planOfToday`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { planOfToday } from '#domain/plan/plan-of-today.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';

const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));

const historySchema = z.looseObject({
  events: z
    .array(
      z.looseObject({
        workflowExecutionStartedEventAttributes: z
          .looseObject({
            input: z.looseObject({ payloads: z.array(z.looseObject({ data: z.string() })) }),
          })
          .optional(),
      }),
    )
    .min(1),
});
const inputSchema = z.looseObject({ plan: z.custom<MigrationPlan>(isObject) });

async function planOf(version: string): Promise<MigrationPlan> {
  const path = `${FOLDER}${version}/completed.json.gz`;
  const history = historySchema.parse(
    JSON.parse(gunzipSync(await readFile(path)).toString('utf8')),
  );
  const data =
    history.events[0]?.workflowExecutionStartedEventAttributes?.input.payloads[0]?.data ?? '';
  return inputSchema.parse(JSON.parse(Buffer.from(data, 'base64').toString('utf8'))).plan;
}

/** Every field of a value by its path; items of lists by their first. */
function pathsOf(value: unknown, prefix = ''): readonly string[] {
  if (Array.isArray(value)) {
    const [first]: readonly unknown[] = value;
    return pathsOf(first, `${prefix}[]`);
  }
  if (!isObject(value)) return [prefix];
  return Object.entries(value).flatMap(([key, item]) => pathsOf(item, `${prefix}.${key}`));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Fields whose absence means something: what the version without them did. */
const ABSENT_ON_PURPOSE = ['.spec.identity.trustPolicies'];

describe('a plan as an earlier version parsed it', () => {
  it('has everything that is read of a plan today', async () => {
    const versions = await readdir(FOLDER);
    for (const version of versions) {
      const known = new Set([...pathsOf(planOfToday(await planOf(version))), ...ABSENT_ON_PURPOSE]);
      expect(pathsOf(fakePlan()).filter((path) => !known.has(path))).toEqual([]);
    }
  });
});
