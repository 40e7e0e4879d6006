/**
 * What goes wrong in a run, as a list of values: a failing story is made shorter by leaving faults out. Each says at which
 * moment of the run it strikes, counted in calls, attempts or workflow tasks, never in machine time.
 */
import type { FailureType } from '#domain/failures.ts';
import type { Verb } from '#domain/migration/messages.ts';
import { WRITES } from '#test/fakes/fake-calls.ts';
import type { ActivityName } from './observations.ts';
import type { Random } from './random.ts';

/** Where a worker dies: before an activity's first call is sent, after a call took effect, before its answer is told. */
export const KILL_POINTS = ['before', 'after', 'answer'] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** One way in which a worker can die in an activity. */
export interface Aim {
  readonly activity: ActivityName;
  readonly kill: KillPoint;
}

/** What becomes of one call of a port. */
type Mishap =
  | { readonly kind: 'fails'; readonly failure: FailureType }
  /** The effect happens, the caller waits in vain. */
  | { readonly kind: 'answer-lost' }
  /** The caller waits in vain; the effect comes so much later, or never. */
  | { readonly kind: 'hangs'; readonly landsAfterMs: number | null }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'kill'; readonly point: 'before' | 'after'; readonly downMs: number };

/** What happens to the world or is said from outside. */
export type Happening =
  | { readonly kind: 'say'; readonly verb: Verb; readonly force: boolean; readonly times: number }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'break-green'; readonly errorRate: number; readonly forMs: number }
  | { readonly kind: 'silence'; readonly who: 'green' | 'both'; readonly forMs: number }
  | { readonly kind: 'unhealthy'; readonly colour: 'blue' | 'green'; readonly forMs: number }
  | { readonly kind: 'meddle'; readonly share: number }
  | { readonly kind: 'outage'; readonly forMs: number }
  /** No worker for a while, and somebody brings users back without one, this long after it died. */
  | { readonly kind: 'break-glass'; readonly afterMs: number; readonly forMs: number };

export type Fault =
  | {
      readonly at: 'call';
      readonly call: string;
      /** From the n-th call of this name on, from 1. */
      readonly nth: number;
      readonly times: number;
      readonly mishap: Mishap;
    }
  | {
      readonly at: 'attempt';
      readonly activity: ActivityName;
      readonly nth: number;
      readonly kill: KillPoint;
      readonly downMs: number;
    }
  | {
      /** Every call of an activity's n-th attempt takes so long: what it sends last may land when nobody waits for it any more. */
      readonly at: 'attempt';
      readonly activity: ActivityName;
      readonly nth: number;
      readonly slowMs: number;
    }
  | {
      /** When an activity's n-th attempt of the run begins, from 1. */
      readonly at: 'began';
      readonly activity: ActivityName;
      readonly nth: number;
      readonly delayMs: number;
      readonly happening: Happening;
    }
  | {
      readonly at: 'task';
      /** The n-th workflow task of the run, from 1. */
      readonly nth: number;
      readonly delayMs: number;
      readonly happening: Happening;
    }
  | {
      readonly at: 'task';
      readonly nth: number;
      readonly workflow: TaskFault;
    };

/**
 * `lose`: its answer never comes; `evict`: the worker forgets the run after it; `suggest`: the server asks for continue-as-new;
 * `ask`: just before it a worker that has forgotten the run is asked; `unanswered`: nobody answers it, and such a worker is asked
 * before it is begun anew.
 */
type TaskFault = 'lose' | 'evict' | 'suggest' | 'ask' | 'unanswered';

const READS = [
  'clusters.describe',
  'nodegroups.list',
  'addons.list',
  'router.readGreenPercent',
  'router.describe',
  'router.wayBack',
  'targetGroups.readHealth',
  'trafficMetrics.read',
  'kubernetesClusters.connect',
  'kubernetes.list',
  'kubernetes.get',
  'httpProbe.get',
] as const;

const WEIGHT_WRITES = ['router.setGreenPercent', 'router.sendAllToBlue'] as const;
const CALL_FAILURES: readonly FailureType[] = [
  'throttled',
  'throttled',
  'unavailable',
  'unavailable',
  'conflict',
  'access-denied',
];
/** A request is given up by its sender after this time; nothing that was sent takes effect later. */
export const REQUEST_TIMEOUT_MS = 3_000;

/** Does such a fault strike the n-th workflow task? */
export function strikesTask(faults: readonly Fault[], nth: number, workflow: TaskFault): boolean {
  return faults.some(
    (fault) =>
      fault.at === 'task' &&
      fault.nth === nth &&
      'workflow' in fault &&
      fault.workflow === workflow,
  );
}

/** The faults of one run. `aimed` goes first: where consecutive seeds kill workers one after the other. */
export function drawFaults(
  random: Random,
  aimed: Aim,
  names: readonly ActivityName[],
): readonly Fault[] {
  const faults: Fault[] = [];
  const downMs = random.whole(100, 40_000);
  if (random.chance(0.75))
    faults.push({ at: 'attempt', nth: random.whole(1, 2), downMs, ...aimed });
  if (random.chance(0.08)) faults.push(...raceOfWrites(random));
  for (let left = random.whole(0, 3); left > 0; left -= 1) faults.push(mishapOfCall(random));
  for (let left = random.whole(0, 2); left > 0; left -= 1) faults.push(ofWorkflow(random));
  for (let left = random.pick([0, 0, 1, 1, 1, 2]); left > 0; left -= 1)
    faults.push(happening(random, names));
  if (random.chance(0.4)) faults.push({ at: 'task', nth: random.whole(2, 80), workflow: 'ask' });
  if (random.chance(0.2))
    faults.push({ at: 'task', nth: random.whole(2, 80), workflow: 'unanswered' });
  const glass = random.fork('glass');
  if (glass.chance(0.08)) faults.push(brokenGlass(glass));
  const bake = random.fork('bake');
  if (bake.chance(0.15)) faults.push(outageInBake(bake));
  return faults;
}

/** No worker for about as long as a bake or a soak, from the proof of a step on. */
function outageInBake(random: Random): Fault {
  const delayMs = random.whole(0, 80_000);
  const happening: Happening = { kind: 'outage', forMs: random.whole(25_000, 100_000) };
  return { at: 'began', activity: 'verifyShare', nth: random.whole(1, 6), delayMs, happening };
}

/** Activities that users' weights are in the hands of. */
const AT_THE_WEIGHTS = [
  'rehearseRollback',
  'setWeights',
  'verifyShare',
  'guardTraffic',
  'judgeStep',
] as const;

function brokenGlass(random: Random): Fault {
  const happening: Happening = {
    kind: 'break-glass',
    afterMs: random.whole(0, 60_000),
    forMs: random.whole(80_000, 500_000),
  };
  const delayMs = random.pick([0, random.whole(0, 500), random.whole(0, 30_000)]);
  return random.chance(0.7)
    ? {
        at: 'began',
        activity: random.pick(AT_THE_WEIGHTS),
        nth: random.whole(1, 4),
        delayMs,
        happening,
      }
    : { at: 'task', nth: random.whole(20, 100), delayMs, happening };
}

/** A forward write as late as it can be, and a wish to go back while it is on its way. */
function raceOfWrites(random: Random): readonly Fault[] {
  const written = { activity: 'setWeights', nth: random.whole(1, 6) } as const;
  return [
    { at: 'attempt', ...written, slowMs: random.whole(2_400, 2_700) },
    {
      at: 'began',
      ...written,
      delayMs: random.whole(0, 9_500),
      happening: { kind: 'say', verb: 'rollback', force: false, times: 1 },
    },
  ];
}

function mishapOfCall(random: Random): Fault {
  const names = random.pick([WRITES, WEIGHT_WRITES, WEIGHT_WRITES, READS]);
  return {
    at: 'call',
    call: random.pick(names),
    nth: random.whole(1, random.pick([2, 8, 60])),
    times: random.pick([1, 1, 1, 2, 4]),
    mishap: mishap(random),
  };
}

function mishap(random: Random): Mishap {
  switch (
    random.pick(['fails', 'answer-lost', 'hangs', 'hangs', 'slow', 'kill', 'kill'] as const)
  ) {
    case 'fails':
      return { kind: 'fails', failure: random.pick(CALL_FAILURES) };
    case 'answer-lost':
      return { kind: 'answer-lost' };
    case 'hangs':
      return {
        kind: 'hangs',
        landsAfterMs: random.chance(0.3) ? null : random.whole(50, REQUEST_TIMEOUT_MS),
      };
    case 'slow':
      return { kind: 'slow', ms: random.whole(500, REQUEST_TIMEOUT_MS - 1) };
    default:
      return {
        kind: 'kill',
        point: random.pick(['before', 'after']),
        downMs: random.whole(100, 60_000),
      };
  }
}

function ofWorkflow(random: Random): Fault {
  return {
    at: 'task',
    nth: random.whole(2, 80),
    workflow: random.pick(['lose', 'evict', 'suggest', 'suggest']),
  };
}

function happening(random: Random, names: readonly ActivityName[]): Fault {
  const nth = random.whole(1, random.pick([60, 100]));
  const delayMs = random.pick([0, random.whole(0, 500), random.whole(0, 20_000)]);
  const happening = anyHappening(random);
  return random.chance(0.4)
    ? { at: 'began', activity: random.pick(names), nth: random.whole(1, 3), delayMs, happening }
    : { at: 'task', nth, delayMs, happening };
}

function anyHappening(random: Random): Happening {
  const forMs = random.whole(5_000, 400_000);
  const kind = random.pick([
    'rollback',
    'rollback',
    'rollback',
    'abort',
    'pause',
    'noise',
    'cancel',
    'break-green',
    'silence',
    'unhealthy',
    'meddle',
    'outage',
  ] as const);
  switch (kind) {
    case 'rollback':
    case 'abort':
    case 'pause':
      return { kind: 'say', verb: kind, force: false, times: random.pick([1, 1, 2]) };
    case 'noise':
      return { kind: 'say', verb: random.pick(['approve', 'resume']), force: false, times: 2 };
    case 'cancel':
      return { kind: 'cancel' };
    case 'break-green':
      return { kind: 'break-green', errorRate: random.pick([0.02, 0.3, 1]), forMs };
    case 'silence':
      return { kind: 'silence', who: random.pick(['green', 'both']), forMs };
    case 'unhealthy':
      return { kind: 'unhealthy', colour: random.pick(['blue', 'green']), forMs };
    case 'meddle':
      return { kind: 'meddle', share: random.pick([0, 30, 100]) };
    default:
      return { kind: 'outage', forMs };
  }
}
