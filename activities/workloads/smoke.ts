import { CutoverFailure } from '#domain/failures.ts';
import { ownershipTags } from '#domain/identity.ts';
import type { ResolvedRoute } from '#domain/migration/resolved.ts';
import { routeRef } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import type { MigrationActivities, ResolvedInput } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * Asks green the plan's questions before any user meets it, through a door only this activity knows: a rule for a
 * secret header that forwards to green alone. The secret is made here, is never returned and in no message (I10); the
 * door is closed whatever happens, and `closeSmokeDoors` closes what a dead worker left.
 */
const SMOKE_HEADER = 'x-cutover-smoke';

export function smoke(tools: Tools): Pick<MigrationActivities, 'smokeTest' | 'closeSmokeDoors'> {
  return {
    smokeTest: async (input) => {
      const run = thisRun(tools);
      // Routes one after the other: with a door per rule, priorities of one listener are moved by one at a time.
      const unasked: string[] = [];
      for (const route of input.resolved.routes)
        if (!(await askThroughDoor(tools, input, route, run))) unasked.push(route.id);
      return {
        checks: input.spec.smoke.length,
        routes: input.resolved.routes.length - unasked.length,
        ...(unasked.length === 0 ? {} : { notAsked: unasked.join(', ').slice(0, 500) }),
      };
    },

    closeSmokeDoors: async (input) => {
      const { signal } = thisRun(tools);
      for (const route of input.resolved.routes) await closeDoor(tools, input, route, signal);
    },
  };
}

/** False: the route has no door, and green was asked nothing. */
async function askThroughDoor(
  tools: Tools,
  input: ResolvedInput,
  route: ResolvedRoute,
  run: ActivityRun,
): Promise<boolean> {
  const { ports, timings } = tools;
  const header = { name: SMOKE_HEADER, value: ports.clock.secret() };
  const tags = ownershipTags(input.ref);
  // Also after a cancellation, whose signal would stop the clean-up at once.
  const close = async (): Promise<void> =>
    closeDoor(tools, input, route, ports.clock.limit(timings.cleanUpWithinMs));
  try {
    const opening = ports.smokeDoor.open(routeRef(input, route), header, tags, run.signal);
    const door = await stayingAlive(tools, opening, run);
    if (door === null) return false;
    // Before the door has reached every node, the answer could be blue's.
    await run.rest(timings.settleSeconds * 1000);
    for (const { http } of input.spec.smoke) {
      const host = http.host ?? door.host;
      const headers = { [header.name]: header.value, ...(host === null ? {} : { host }) };
      await ask(tools, route, { ...http, headers }, run);
    }
  } catch (failure) {
    // What green answered matters more than a door that does not close; `closeSmokeDoors` tries again.
    await close().catch(() => undefined);
    throw failure;
  }
  await close();
  return true;
}

/** A door that a controller has to make may take longer to open than an activity may be silent. */
async function stayingAlive<Value>(
  { ports, timings }: Tools,
  work: Promise<Value>,
  run: ActivityRun,
): Promise<Value> {
  const over = work.then(
    () => true,
    () => true,
  );
  for (;;) {
    run.heartbeat();
    const awake = new AbortController();
    const signal = AbortSignal.any([run.signal, awake.signal]);
    const rest = ports.clock.sleep(timings.heartbeatMs, signal).then(() => false);
    const isOver = await Promise.race([over, rest]);
    awake.abort();
    rest.catch(() => undefined);
    if (isOver) return work;
  }
}

interface Question {
  readonly path: string;
  readonly expect: number;
  readonly attempts: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Right several times in a row; wrong only after the plan's attempts and the time a rule needs to arrive. */
async function ask(
  { ports, timings }: Tools,
  route: ResolvedRoute,
  question: Question,
  run: ActivityRun,
): Promise<void> {
  const { path, expect, headers } = question;
  const url = new URL(path, route.frontDoorUrl).href;
  const untilMs = ports.clock.nowMs() + timings.smokeWithinMs;
  let inARow = 0;
  let wrong = 0;
  while (inARow < timings.smokeInARow) {
    const answer = await ports.httpProbe.get(
      url,
      { headers, timeoutMs: timings.smokeTimeoutMs },
      run.signal,
    );
    if (answer.status === expect) {
      inARow += 1;
      continue;
    }
    inARow = 0;
    wrong += 1;
    if (wrong >= question.attempts && ports.clock.nowMs() >= untilMs)
      throw new CutoverFailure('smoke-failed', describeAnswer(question, answer.status), {
        resource: `route ${route.id}`,
      });
    await run.rest(timings.smokePauseMs);
  }
}

function describeAnswer({ path, expect }: Question, status: number): string {
  const got = status === 0 ? 'no answer' : `status ${status}`;
  return `GET ${path} on green gave ${got}, the plan expects ${expect}`;
}

async function closeDoor(
  { ports }: Tools,
  input: ResolvedInput,
  route: ResolvedRoute,
  signal: AbortSignal,
): Promise<void> {
  await ports.smokeDoor.close(routeRef(input, route), ownershipTags(input.ref), signal);
}
