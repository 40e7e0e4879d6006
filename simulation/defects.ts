import type { MigrationActivities } from '#activities/contract.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { RouteRef } from '#activities/ports/traffic-router.ts';
import { nameOfPlace } from '#domain/traffic/route-place.ts';
import { thisAttempt } from './attempt.ts';

/**
 * Defects that are planted to prove that the simulator finds them. None is in product code: a defect of the workflow changes the
 * bundle's text, where it must fit exactly once; a defect of the hands is laid around the activities or their ports.
 */
export interface Defect {
  readonly what: string;
  readonly bundle?: readonly Edit[];
  readonly ports?: (ports: Ports) => Ports;
  readonly activities?: (activities: MigrationActivities) => MigrationActivities;
}

interface Edit {
  readonly find: RegExp;
  readonly replace: string;
}

export const DEFECTS: Readonly<Record<string, Defect>> = {
  'intention-after-effect': {
    what: "a step's weight is recorded as intended only after it was written",
    bundle: [
      {
        find: /([ ]*run\.record\([^\n]*wish\.onIntended[^\n]*\n)([ ]*const \{ readBack[^;]*;\n)/gu,
        replace: '$2$1',
      },
    ],
  },
  'no-read-back': {
    what: 'a weight that was written is believed without reading it back',
    ports: withoutReadBack,
  },
  'late-write-lands': {
    what: 'routes are not held on blue while a write of an abandoned attempt may still land',
    activities: (activities) => ({
      ...activities,
      keepOnBlue: () => Promise.resolve({ reasserted: 0 }),
    }),
  },
  'no-retire-check': {
    what: 'blue goes without a retire approval',
    bundle: [
      { find: /await [^\n;]*waitAtGate\)\(run, 'retire'\);/gu, replace: '' },
      {
        find: /const verdict = [^\n]*mayRetire\)\([^\n]*;/gu,
        replace: 'const verdict = { yes: true };',
      },
    ],
  },
  'hand-over-not-recorded': {
    what: 'the hand-over of singletons leaves no record in the state',
    bundle: [
      { find: /run\.record\([^\n]*\.intend\)\(state, 'singletons'[^\n]*\n/gu, replace: '\n' },
      { find: /run\.record\([^\n]*\.done\)\(state, 'singletons'[^\n]*\n/gu, replace: '\n' },
    ],
  },
  'unwatched-bake': {
    what: 'time in which no guard was there counts as bake',
    bundle: [
      {
        find: /Math\.max\(0, slept - unwatched\(\)\)/gu,
        replace: 'slept',
      },
    ],
  },
  'unsettled-time': {
    what: 'more users go before the guard could say that nobody watched',
    bundle: [
      { find: /owedSeconds >= LEAST_OWED_SECONDS/gu, replace: 'false' },
      { find: /if \(guard === 'away'\)/gu, replace: 'if (false)' },
    ],
  },
  'unheard-guard': {
    what: 'blue may go although the guard died before it was let go',
    bundle: [
      { find: /run\.isHeld \|\| !isHeard && [^']*'guard-last-word'\)/gu, replace: 'run.isHeld' },
    ],
  },
  'stale-clock': {
    what: 'news that come with the clock of the task before are taken up',
    bundle: [{ find: /if \(!isReplaying && isStale\([^)]*\)\)\)/gu, replace: 'if (false)' }],
  },
  'unanswered-task': {
    what: 'a query that brought a task which nobody answers is answered, and what became of it is kept',
    bundle: [{ find: /news\.mayBeOfQuery\(now\(\)\)/gu, replace: 'false' }],
  },
  'told-by-chance': {
    what: 'a timer is started or not by a count that a replay does not know',
    bundle: [
      { find: /^/gu, replace: 'let toldByChance = 0;\n' },
      {
        find: /([ ]*)const slept = await run\.sleepUnlessHeld\(seconds, summary\);\n/gu,
        replace:
          "$&$1if ((toldByChance += 1) % 3 === 0) await run.sleepUnlessHeld(1, 'by chance');\n",
      },
    ],
  },
  'default-cancellation': {
    what: "forward weight writes are cancelled with the SDK's default, which waits for nobody",
    bundle: [
      {
        find: /(const traffic = proxy\(\{\n[^}]*?)[ ]*cancellationType: [^\n]*\n/gu,
        replace: '$1',
      },
    ],
  },
};

/** The bundle with the defect in it. @throws Error where an edit does not fit exactly once */
export function plant(code: string, { bundle = [] }: Defect): string {
  return bundle.reduce((text, { find, replace }) => {
    const found = [...text.matchAll(find)].length;
    if (found !== 1)
      throw new Error(
        `${String(find)} fits ${found} times in the workflow bundle, not once: the code has moved`,
      );
    return text.replace(find, replace);
  }, code);
}

/** Within a write, reads answer what was just written; nobody asks the load balancer. */
function withoutReadBack(ports: Ports): Ports {
  const written = new Map<string, number>();
  const { router } = ports;
  return {
    ...ports,
    router: {
      describe: async (...args) => router.describe(...args),
      attach: async (...args) => router.attach(...args),
      detach: async (...args) => router.detach(...args),
      wayBack: async (...args) => router.wayBack(...args),
      removeBlue: async (...args) => router.removeBlue(...args),
      setGreenPercent: async (route, percent, ...rest) => {
        written.set(nameOfPlace(route), percent);
        return router.setGreenPercent(route, percent, ...rest);
      },
      sendAllToBlue: async (route, ...rest) => {
        written.set(nameOfPlace(route), 0);
        return router.sendAllToBlue(route, ...rest);
      },
      readGreenPercent: async (route: RouteRef, signal) => {
        const known = written.get(nameOfPlace(route));
        return thisAttempt().activity === 'setWeights' && known !== undefined
          ? known
          : router.readGreenPercent(route, signal);
      },
    },
  };
}
