/**
 * Tells one story per pair `PLAN:ACTIVITY` of its arguments, with a rollback while the activity's first attempt is under way (none
 * after `-`), and writes into a file how each ended. A program, because the isolate hooks into promises where jest does.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { activityNames } from '#simulation/activity-names.ts';
import { Isolate } from '#simulation/isolate.ts';
import { tell } from '#simulation/story.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import { ALIKE_PLANS } from './alike-plans.ts';

const [bundle = '', report = '', ...pairs] = process.argv.slice(2);
const names = activityNames();
const isolate = await Isolate.load(await readFile(bundle, 'utf8'), names);
const endings: unknown[] = [];
for (const [index, pair] of pairs.entries()) {
  const [plan, at] = pair.split(':');
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
          : [
              {
                at: 'began',
                activity,
                nth: 1,
                delayMs: 0,
                happening: { kind: 'say', verb: 'rollback', force: false, times: 1 },
              },
            ],
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
await writeFile(report, JSON.stringify(endings));
process.exit(0);
