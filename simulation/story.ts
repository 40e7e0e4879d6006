import { createHash } from 'node:crypto';
import { createActivities } from '#activities/create-activities.ts';
import type { Ports } from '#activities/ports/ports.ts';
import { PRODUCTION_TIMINGS, type Timings } from '#activities/timings.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { isFields } from '#domain/json/json-fields.ts';
import { knownWeightsIn } from '#domain/traffic/known-weights.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { OUTCOMES, type OutcomeName } from '#domain/migration/migration-state.ts';
import { RUN_NAMES } from '#domain/migration/run-names.ts';
import { SEEDED_SECRET } from '#test/fakes/seed-shop.ts';
import type { AttemptRequest } from './activity-server.ts';
import { ActivityWorker } from './activity-worker.ts';
import type { Defect } from './defects.ts';
import { drawFaults, KILL_POINTS, type Aim, type Fault } from './faults.ts';
import { happen, putRight } from './happenings.ts';
import { INVARIANTS, UNDONE_BY } from './invariants.ts';
import type { Isolate } from './isolate.ts';
import { behindNetwork } from './network.ts';
import type { ActivityName, Observation } from './observations.ts';
import { People, REQUESTER } from './people.ts';
import { Random } from './random.ts';
import { Server } from './server.ts';
import type { Scene } from './scene.ts';
import { simulatedPlan } from './simulated-plan.ts';
import { simulatedWorld } from './simulated-world.ts';
import { SECRET_PREFIX, VirtualTime } from './virtual-time.ts';
import type { Round } from './workflow-task.ts';

/**
 * One migration from its start to after its end, decided by a seed and a list of faults and by nothing else: the real workflow
 * in the real isolate, the real activities over a world in memory, on virtual time.
 */
export interface Story {
  readonly seed: number;
  readonly faults: readonly Fault[];
}

interface Violation {
  readonly invariant: string;
  readonly says: string;
  readonly atMs: number;
}

export interface ToldStory extends Story {
  /** The first violation; the story ends with it. */
  readonly violation: Violation | null;
  readonly outcome: OutcomeName | null;
  readonly observations: readonly Observation[];
  /** Of everything observed; equal for equal stories. */
  readonly hash: string;
  /** Of workflow code with news for it: neither replays nor queries. */
  readonly activations: number;
}

/** What the stories of a process share. */
export interface Stage {
  readonly isolate: Isolate;
  /** What is planted; a defect of the workflow is in the isolate already. */
  readonly defect: Pick<Defect, 'ports' | 'activities'> | null;
  readonly setting?: Setting;
}

/** A plan with times of its own in the place of what seeds draw, and people who only approve. */
export interface Setting {
  readonly plan: MigrationPlan;
  readonly timings: Timings;
  readonly world?: Parameters<typeof simulatedWorld>[3];
  /** How long people take to answer a gate. @default 0 */
  readonly approveAfterMs?: number;
  /** Builds of the workflow that take the run over, this long after its start; whatever the worker had in hand is lost. */
  readonly deploys?: readonly { readonly afterMs: number; readonly isolate: Isolate }[];
  /** How long the story may last. @default four days, and 150,000 events */
  readonly bounds?: { readonly longestMs: number; readonly mostSteps: number };
  /** What was recorded of a workflow task. */
  readonly onTask?: (recorded: readonly Round[]) => void;
  /** A heartbeat has reached the server. */
  readonly onHeartbeat?: (task: AttemptRequest['task'], atMs: number) => void;
}

const WORKFLOW_ID = 'migrate/111122223333/eu-west-1/shop-blue';
const BOUNDS = { longestMs: 4 * 86_400_000, mostSteps: 150_000 } as const;
const DEPLOY_TAKES_MS = 5_000;
/** Whatever was sent before the end has landed by then. */
const AFTERMATH_MS = 60_000;
const SECRETS = [SEEDED_SECRET, SECRET_PREFIX] as const;
const EFFECTS: ReadonlySet<string> = new Set(Object.keys(UNDONE_BY));

/** Every way in which a worker can die in an activity. */
export function aims(names: readonly ActivityName[]): readonly Aim[] {
  return KILL_POINTS.flatMap((kill) => names.map((activity) => ({ activity, kill })));
}

/** The story that this seed tells. */
export function storyOf(seed: number, names: readonly ActivityName[]): Story {
  const all = aims(names);
  const aimed = all[seed % all.length];
  if (aimed === undefined) throw new Error('there are no activities');
  return { seed, faults: drawFaults(new Random(seed).fork('faults'), aimed, names) };
}

export async function tell(stage: Stage, { seed, faults }: Story): Promise<ToldStory> {
  const random = new Random(seed);
  const time = new VirtualTime(random.fork('order'));
  const { defect, setting } = stage;
  const plan = setting?.plan ?? simulatedPlan(random.fork('plan'));
  const { ports, fake, view } = simulatedWorld(
    plan,
    time,
    setting === undefined ? random.fork('world') : null,
    setting?.world,
  );
  const observations: Observation[] = [];
  const hash = createHash('sha256');
  let violation: Violation | null = null;
  const scene: Scene = {
    plan,
    world: view,
    before: {
      rules: view.rules(),
      floors: view.floors(),
      singletonsOnBlue: view.singletonsOn('blue'),
      trust: view.trust(),
    },
    past: observations,
    openActivities: () => server.openActivities,
  };
  const strike = ({ delayMs, happening }: Extract<Fault, { happening: unknown }>): void => {
    time.after(delayMs, () => {
      if (server.closed === null)
        happen(happening, { time, server, worker, people, fake, ports, observe });
    });
  };
  const begun = new Map<string, number>();
  const noteBegin = (activity: ActivityName): void => {
    const nth = (begun.get(activity) ?? 0) + 1;
    begun.set(activity, nth);
    for (const fault of faults)
      if (fault.at === 'began' && fault.activity === activity && fault.nth === nth) strike(fault);
  };
  const observe = (observation: Observation): void => {
    observations.push(observation);
    hash.update(JSON.stringify(observation));
    if (observation.kind === 'attempt-began') noteBegin(observation.activity);
    if (violation !== null) return;
    for (const [invariant, isViolated] of Object.entries(INVARIANTS)) {
      const says = isViolated(observation, scene);
      if (says === null) continue;
      violation = { invariant, says, atMs: observation.atMs };
      return;
    }
  };
  const network = behindNetwork(
    { ...ports, runs: runsOn(() => server) },
    {
      time,
      random: random.fork('network'),
      faults,
      observe,
      kill: (downMs, where) => worker.kill(downMs, where),
    },
  );
  const real = createActivities(
    defect?.ports?.(network) ?? network,
    setting?.timings ?? PRODUCTION_TIMINGS,
  );
  const activities = defect?.activities?.(real) ?? real;
  const worker: ActivityWorker = new ActivityWorker({
    time,
    random: random.fork('worker'),
    faults,
    activities,
    observe,
    server: () => server,
    onHeartbeat: setting?.onHeartbeat,
  });
  const activationsBefore = stage.isolate.activations;
  const server: Server = new Server(
    {
      time,
      random: random.fork('server'),
      isolate: stage.isolate,
      runner: worker,
      faults,
      workflowType: 'migrateCluster',
      workflowId: WORKFLOW_ID,
      observe,
      isActivity: (name): name is ActivityName => Object.hasOwn(activities, name),
      effects: EFFECTS,
      onTask: (nth, recorded) => {
        setting?.onTask?.(recorded);
        for (const fault of faults)
          if (fault.at === 'task' && 'happening' in fault && fault.nth === nth) strike(fault);
      },
      inspect: ({ data }, where) => {
        const bytes = Buffer.from(data ?? []);
        if (SECRETS.some((secret) => bytes.includes(secret)))
          observe({ atMs: time.nowMs(), kind: 'leaked', where });
      },
    },
    { plan, planDigest: 'digest', requestedBy: REQUESTER },
  );
  const people: People = new People({
    time,
    random: random.fork('people'),
    server: () => server,
    observe,
    notices: () => fake.notices,
    approveAfterMs: setting === undefined ? null : (setting.approveAfterMs ?? 0),
    putRight: (side) => putRight(fake, side, observations),
  });

  const isGoingOn = (): boolean => violation === null;
  for (const { afterMs, isolate } of setting?.deploys ?? [])
    time.after(afterMs, async () => {
      worker.stop(DEPLOY_TAKES_MS);
      await server.workerDied(isolate);
    });
  const { longestMs, mostSteps } = setting?.bounds ?? BOUNDS;
  const untilMs = time.nowMs() + longestMs;
  for (let steps = 0; server.closed === null && isGoingOn(); steps += 1)
    if (steps > mostSteps || !(await time.step(untilMs)))
      observe({ atMs: time.nowMs(), kind: 'broken', what: 'the run does not end' });
    else people.listen();
  if (violation === null) {
    const { outcome, reason } = outcomeIn(server.closed?.result);
    observe({ atMs: time.nowMs(), kind: 'ended', outcome, reason });
    const settledMs = time.nowMs() + AFTERMATH_MS;
    while (isGoingOn() && (await time.step(settledMs)));
    observe({ atMs: time.nowMs(), kind: 'settled' });
    if (random.fork('replay').chance(0.25)) await server.replay();
  }
  await server.workerDied();
  const end = observations.findLast((one) => one.kind === 'ended');
  return {
    seed,
    faults,
    violation,
    outcome: end?.kind === 'ended' ? end.outcome : null,
    observations,
    hash: hash.digest('hex'),
    activations: stage.isolate.activations - activationsBefore,
  };
}

function outcomeIn(result: unknown): { readonly outcome: OutcomeName; readonly reason: string } {
  const outcome = isFields(result) ? OUTCOMES.find((one) => one === result['outcome']) : undefined;
  if (outcome === undefined) throw new Error(`the workflow ended with ${JSON.stringify(result)}`);
  return { outcome, reason: isFields(result) ? String(result['reason']) : '' };
}

/** The run of this story, as its activities ask it; whoever works on a task of it answers nobody meanwhile. */
function runsOn(server: () => Pick<Server, 'query' | 'underWay'>): Ports['runs'] {
  return {
    knownWeights: async (workflowId) => {
      const known = knownWeightsIn(await server().query(RUN_NAMES.weights));
      if (known !== null) return known;
      throw new CutoverFailure('unavailable', 'nobody answers', { resource: workflowId });
    },
    underWay: async () => server().underWay,
  };
}
