/**
 * Runs outlive deploys (I12): what an execution of an earlier version carried over a checkpoint is read by today's code, and what
 * today's code decides by it makes sense.
 */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { planOfToday } from '#domain/plan/plan-of-today.ts';
import { rollbackPlan } from '#domain/migration/rollback-plan.ts';
import { stateOfToday, type CarriedState } from '#domain/migration/state-of-today.ts';
import { statusView } from '#domain/migration/status-view.ts';
import { greenMayHaveUsers } from '#domain/traffic/traffic-plan.ts';

const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const inputSchema = z.looseObject({
  plan: z.custom<MigrationPlan>(isObject),
  state: z.custom<CarriedState>(isObject),
});
const historySchema = z.looseObject({
  events: z.tuple(
    [
      z.looseObject({
        workflowExecutionStartedEventAttributes: z.looseObject({
          input: z.looseObject({ payloads: z.tuple([z.looseObject({ data: z.string() })]) }),
        }),
      }),
    ],
    z.unknown(),
  ),
});

/** Every execution but the first of a run began with a state. */
const carried = (await readdir(FOLDER, { recursive: true })).filter((path) =>
  /moved-(?!1\.)\d+\.json\.gz$/u.test(path),
);

it.each(carried)('%s was begun with a state that is read today', async (path) => {
  const text = gunzipSync(await readFile(`${FOLDER}${path}`)).toString('utf8');
  const [started] = historySchema.parse(JSON.parse(text)).events;
  const [{ data }] = started.workflowExecutionStartedEventAttributes.input.payloads;
  const input = inputSchema.parse(JSON.parse(Buffer.from(data, 'base64').toString('utf8')));
  const state = stateOfToday(input.state);
  const plan = planOfToday(input.plan);

  expect(statusView(state, plan.spec).workflowId).toBe(state.workflowId);
  const back = rollbackPlan(state, 'keep');
  const kinds = 'refused' in back ? [] : back.actions.map(({ kind }) => kind);
  expect(kinds.includes('weights-to-blue')).toBe(
    greenMayHaveUsers(state) && state.committed === null,
  );
});

it('there are such of every version', async () => {
  for (const version of await readdir(FOLDER))
    expect(carried.some((path) => path.startsWith(version))).toBe(true);
});
