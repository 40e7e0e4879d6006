/**
 * Tells one story per argument `PLAN:ACTIVITY:WORD`, in which somebody says the word while the activity's first attempt is under way
 * (nothing where there is no activity), and writes into a file how each ended. A program, because the isolate hooks into promises where jest does.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { activityNames } from '#simulation/activity-names.ts';
import { Isolate } from '#simulation/isolate.ts';
import { tell } from '#simulation/story.ts';
import { VERBS } from '#domain/migration/messages.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import type { Happening } from '#simulation/faults.ts';
import { ALIKE_PLANS } from './alike-plans.ts';

const [bundle = '', report = '', ...cases] = process.argv.slice(2);
const names = activityNames();
const isolate = await Isolate.load(await readFile(bundle, 'utf8'), names);
const endings: unknown[] = [];
for (const [index, one] of cases.entries()) {
  const [plan, at, word] = one.split(':');
  const activity = names.find((name) => name === at);
  const told = await tell(
    {
      isolate,
      defect: null,
      setting: {
        plan: plan === 'delete' ? ALIKE_PLANS.delete : ALIKE_PLANS.keep,
        timings: QUICK_TIMINGS,
      },
    },
    {
      seed: index + 1,
      faults:
        activity === undefined
          ? []
          : [{ at: 'began', activity, nth: 1, delayMs: 0, happening: happeningOf(word ?? '') }],
    },
  );
  endings.push({
    outcome: told.outcome,
    violation: told.violation,
    called: told.observations.flatMap((one) =>
      one.kind === 'attempt-began' ? [one.activity] : [],
    ),
  });
}
function happeningOf(word: string): Happening {
  if (word === 'cancel') return { kind: 'cancel' };
  const verb = VERBS.find((one) => one === word);
  if (verb === undefined) throw new Error(`nobody says ${word}`);
  return { kind: 'say', verb, force: false, times: 1 };
}

await writeFile(report, JSON.stringify(endings));
process.exit(0);
