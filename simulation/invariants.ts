import { fieldsOf } from '#domain/json/json-fields.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { GateName } from '#domain/migration/phases.ts';
import type { ActivityName, Observation } from './observations.ts';
import { REQUESTER } from './people.ts';
import { outcomeIn, type Invariant, type Scene } from './scene.ts';
import { SINGLETON_INVARIANTS } from './singleton-invariants.ts';
import { goesUnwatched, leftUnwatched, soakedUnwatched } from './watched-time.ts';

/** A run of at most this many events per execution; DESIGN allows 400 for the default plan without anything going wrong. */
const MOST_EVENTS = 4_500;

/** Longest time in which a late write may hold users on green: sooner than anybody could count them there. */
const TAKEN_BACK_WITHIN_MS = 8_000;
/** Nobody can see what somebody else does later than this before a deletion. */
const LOOKED_BEFORE_MS = 10_000;

/** What a rollback must undo once an activity was scheduled (I9). */
export const UNDONE_BY: Readonly<Partial<Record<ActivityName, string>>> = {
  extendTrust: 'withdraw-trust',
  attachGreen: 'detach-green',
  smokeTest: 'remove-smoke-rule',
  setWeights: 'weights-to-blue',
  rehearseRollback: 'weights-to-blue',
  holdBlueFloor: 'restore-blue-floor',
  handOverSingletons: 'return-singletons',
};

/**
 * What must hold after every event of a simulated run: DESIGN's invariants I1–I12 as far as a run can be seen from outside. Each
 * is a pure function of the newest observation, what was observed before it, and the world as it is now; its answer says what was
 * violated, or null.
 */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'I1 users are back after everything that is not a completion': (now, scene) => {
    const { world, past } = scene;
    if (now.kind !== 'settled') return null;
    const outcome = outcomeIn(past);
    // Blocked before anything was done: users are where they were.
    if (outcome === null || outcome === 'completed' || outcome === 'blocked') return null;
    const lost = world
      .routes()
      .filter(({ greenPercent, place }) => (greenPercent ?? 0) > 0 && !isStrangers(place, scene));
    return lost.length === 0
      ? null
      : `${outcome}, but ${lost.map(({ id, greenPercent }) => `${id} sends ${greenPercent} % to green`).join(', ')}`;
  },

  'I1 everything is as it was found after everything that is not a completion': (now, scene) => {
    const { world, before, past, plan } = scene;
    if (now.kind !== 'settled') return null;
    const outcome = outcomeIn(past);
    if (outcome === null || outcome === 'completed') return null;
    if (!past.some(isMeddling) && world.rules() !== before.rules)
      return `${outcome}, but the rules are ${world.rules()} and were ${before.rules}`;
    if (world.openDoors() > 0) return `${outcome}, but ${world.openDoors()} smoke doors are open`;
    if (world.floors() !== before.floors)
      return `${outcome}, but blue's floors are ${world.floors()} and were ${before.floors}`;
    if (world.trust() !== before.trust) return `${outcome}, but roles trust ${world.trust()}`;
    if (!world.blueExists()) return `${outcome}, but blue is gone`;
    if (plan.spec.rollback.green === 'delete' && world.greenExists())
      return `${outcome}, but green is still there`;
    return null;
  },

  'I1 a run ends': (now) => (now.kind === 'broken' ? now.what : null),

  'I1 whoever brought users back by hand is obeyed': (now, { past }) => {
    const broken = past.findLastIndex(({ kind }) => kind === 'glass-broken');
    const glass = past[broken];
    if (glass?.kind !== 'glass-broken' || past.slice(0, broken).some(isPastCommit)) return null;
    if (now.kind === 'ended') return now.outcome === 'completed' ? 'it completed' : null;
    return now.kind === 'landed' &&
      now.call === 'router.setGreenPercent' &&
      glass.places.includes(now.place ?? '')
      ? `${now.what} landed on ${now.place}, which somebody had brought back`
      : null;
  },

  'I2 a route always leads somewhere': (now, { world }) => {
    if (!isWeightWrite(now)) return null;
    const empty = world.routes().find(({ weights }) => !weights.some((weight) => weight > 0));
    return empty === undefined ? null : `${empty.id} has the weights ${empty.weights.join('/')}`;
  },

  'I2 a weight that is reported was read back': (now, { world }) => {
    if (now.kind !== 'closed' || now.activity !== 'setWeights' || now.how !== 'completed')
      return null;
    const wanted = now.input.percent ?? 0;
    const { readBack, edit } = fieldsOf(now.result);
    // Nothing was written: somebody else had.
    if (edit !== undefined) return null;
    const reported = fieldsOf(readBack);
    const unread = world
      .routes()
      .filter(({ id }) => now.input.routeIds?.includes(id) || Object.hasOwn(reported, id))
      .find(({ place }) => {
        const last = now.weightsRead.findLast(([read]) => read === place);
        return last === undefined || last[1] === null || Math.abs(last[1] - wanted) > 0.15;
      });
    return unread === undefined
      ? null
      : `${unread.id} was said to be at ${wanted} %, and was not read so`;
  },

  'I3 users go only where somebody looked first': (now, { past }) => {
    if (now.kind !== 'scheduled' || !isForwardWrite(now)) return null;
    if (now.activity === 'setWeights' && isWrittenAgain(now, past)) return null;
    const asked = past.findLast(
      (one) =>
        one.kind === 'closed' && (one.activity === 'checkAbility' || one.activity === now.activity),
    );
    if (asked?.kind !== 'closed' || asked.activity !== 'checkAbility')
      return `${now.activity} was scheduled without a question whether green is able`;
    return Reflect.get(Object(asked.result), 'able') === true
      ? null
      : 'green was said not to be able';
  },

  'I4 time that nobody watched is no bake': (now, { past, plan }) =>
    now.kind === 'scheduled' && isForwardWrite(now) ? leftUnwatched(now, past, plan) : null,

  'I4 time that nobody watched is no soak': (now, { past, plan }) =>
    now.kind === 'scheduled' && now.activity === 'proveBlueIdle'
      ? soakedUnwatched(past, plan)
      : null,

  'I4 users go on only while somebody watches': (now, { past, openActivities }) =>
    now.kind === 'scheduled' && isForwardWrite(now)
      ? goesUnwatched(now, past, openActivities())
      : null,

  'I5 blue is taken apart only by a commit that people approved': (now, scene) => {
    if (now.kind !== 'landed' || !takesBlueApart(now, scene.plan)) return null;
    const { past, plan, world } = scene;
    const approvers = approversOf(past, 'retire', plan);
    const { quorum } = plan.spec.gates.retire;
    if (approvers.size < quorum)
      return `${now.call} (${now.what}) with ${approvers.size} of ${quorum} approvals of gate retire`;
    if (!world.blueIsOriginal()) return `${now.call}: blue is another cluster`;
    return null;
  },

  'I5 nothing goes while it has users': (now, scene) => {
    if (now.kind !== 'landed') return null;
    const { world, plan } = scene;
    const isBlue = takesBlueApart(now, plan);
    const isGreen = isDeletionOf(now, plan.spec.green.cluster);
    const users = world
      .routes()
      .filter(({ greenPercent, namesBlue }) =>
        isBlue ? namesBlue && (greenPercent ?? 0) < 99.8 : isGreen && (greenPercent ?? 0) > 0,
      )
      // Between a look and a deletion there is always a moment.
      .filter(({ place }) => !isStrangers(place, scene, now.atMs - LOOKED_BEFORE_MS));
    return users.length === 0
      ? null
      : `${now.call} while ${users.map(({ id }) => id).join(', ')} has users there`;
  },

  'I6 weights are not written while another write of theirs is open': (now, { openActivities }) => {
    if (now.kind !== 'scheduled' || now.activity !== 'setWeights') return null;
    const other = openActivities().find(
      ({ activity, activityId }) =>
        activityId !== now.activityId &&
        (activity === 'setWeights' || activity === 'rehearseRollback'),
    );
    return other === undefined
      ? null
      : `setWeights to ${now.input.percent} % was scheduled while ${other.activity} of ${other.input.percent ?? 1} % was not over`;
  },

  'I6 a write that comes late does not stay': (now, { past, world }) => {
    const back = past.findLastIndex(
      (one) =>
        one.kind === 'closed' &&
        one.activity === 'setWeights' &&
        one.input.percent === 0 &&
        one.how === 'completed',
    );
    if (back === -1) return null;
    const since = past.slice(back);
    // Whoever could take it back was struck too: the next look at users' requests will find it.
    if (since.some(({ kind }) => kind === 'killed' || kind === 'fault')) return null;
    const late = since.find(
      (one) => one.kind === 'landed' && one.call === 'router.setGreenPercent',
    );
    if (late?.kind !== 'landed' || now.atMs - late.atMs < TAKEN_BACK_WITHIN_MS) return null;
    const route = world.routes().find(({ place }) => place === late.place);
    return (route?.greenPercent ?? 0) > 0
      ? `${route?.id} went back to blue, and a write that landed ${(now.atMs - late.atMs) / 1000} s ago still holds ${route?.greenPercent} % on green`
      : null;
  },

  'I6 green is created once': (now, { past }) => {
    if (now.kind !== 'settled') return null;
    const gone = past.filter(
      (one) => one.kind === 'closed' && one.activity === 'deleteGreen',
    ).length;
    const made = new Set(
      past.flatMap((one) =>
        one.kind === 'closed' && one.activity === 'createGreen' && one.how === 'completed'
          ? [String(Reflect.get(Object(one.result), 'createdAt'))]
          : [],
      ),
    ).size;
    return made <= 1 + gone ? null : `green was created ${made} times`;
  },

  ...SINGLETON_INVARIANTS,

  'I8 users do not go before people say so': (now, { past, plan }) => {
    if (now.kind !== 'scheduled' || !isForwardWrite(now)) return null;
    const { quorum } = plan.spec.gates.shift;
    const approvers = approversOf(past, 'shift', plan);
    return approvers.size >= quorum
      ? null
      : `${now.activity} with ${approvers.size} of ${quorum} approvals of gate shift`;
  },

  'I9 whatever is begun, a rollback knows of it': (now) => {
    if (now.kind !== 'scheduled') return null;
    const undo = UNDONE_BY[now.activity];
    if (undo === undefined || (now.activity === 'setWeights' && now.input.percent === 0))
      return null;
    const known = now.undoes?.some(
      ({ kind, routeIds }) =>
        kind === undo &&
        (now.activity !== 'setWeights' || now.input.routeIds?.every((id) => routeIds.includes(id))),
    );
    return known === true
      ? null
      : `${now.activity} was scheduled, and a rollback would not ${undo}`;
  },

  'I10 secrets stay out of history': (now) =>
    now.kind === 'leaked' ? `a secret is in the ${now.where}` : null,

  'I11 history does not grow with time': (now) =>
    now.kind === 'continued' && now.events > MOST_EVENTS
      ? `an execution had ${now.events} events`
      : null,

  'I12 the same again when told again': (now) => (now.kind === 'replayed' ? now.problem : null),
};

/** There is no way back any more: people send users to green again, or the run waits for them. */
function isPastCommit(one: Observation): boolean {
  return one.kind === 'scheduled' && one.activity === 'releaseBlue';
}

function isMeddling(one: Observation): boolean {
  return one.kind === 'meddled';
}

/** Was the route last written by somebody else, and not before `sinceMs`? */
function isStrangers(place: string, { past }: Scene, sinceMs = 0): boolean {
  const last = past.findLast(
    (one) => (one.kind === 'meddled' || one.kind === 'landed') && one.place === place,
  );
  return last?.kind === 'meddled' && last.atMs >= sinceMs;
}

function isWeightWrite(now: Observation): boolean {
  return now.kind === 'landed' && now.call.startsWith('router.');
}

function isForwardWrite({
  activity,
  input,
}: Extract<Observation, { readonly kind: 'scheduled' }>): boolean {
  return activity === 'rehearseRollback' || (activity === 'setWeights' && (input.percent ?? 0) > 0);
}

/** The same weights as before on the same routes, after somebody else had changed them. */
function isWrittenAgain(
  { input }: Extract<Observation, { readonly kind: 'scheduled' }>,
  past: readonly Observation[],
): boolean {
  return past.some(
    (one) =>
      one.kind === 'scheduled' &&
      one.activity === 'setWeights' &&
      one.input.percent === input.percent &&
      (input.routeIds ?? []).every((id) => one.input.routeIds?.includes(id)),
  );
}

function takesBlueApart(
  now: Extract<Observation, { readonly kind: 'landed' }>,
  plan: MigrationPlan,
): boolean {
  return now.call === 'router.removeBlue' || isDeletionOf(now, plan.spec.blue.cluster);
}

function isDeletionOf(
  { call, what }: Extract<Observation, { readonly kind: 'landed' }>,
  cluster: string,
): boolean {
  return (
    (call === 'clusters.delete' || call === 'nodegroups.delete') &&
    what.split(' ').includes(cluster)
  );
}

/** Different people who said so; who asked for the migration is none where the plan says so. */
function approversOf(
  past: readonly Observation[],
  gate: GateName,
  plan: MigrationPlan,
): ReadonlySet<string> {
  const { notRequester } = plan.spec.gates[gate];
  return new Set(
    past.flatMap((one) =>
      one.kind === 'said' &&
      one.verb === 'approve' &&
      one.message.gate === gate &&
      !(notRequester && one.message.by === REQUESTER)
        ? [one.message.by]
        : [],
    ),
  );
}
