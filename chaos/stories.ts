/**
 * Which migrations are told, and what is done to them besides killing their workers. Each says which works it reaches, so that kill
 * points can be made of them: a work that is named here and never reached fails the run, and one that no story names fails a test.
 */
import type { GateName } from '#domain/migration/phases.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { OutcomeName } from '#domain/migration/migration-state.ts';
import type { Verb } from '#domain/migration/messages.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import type { Work } from './works.ts';

/** What people say in a story. */
const ALL_SAYINGS = {
  'approve shift': { verb: 'approve', gate: 'shift', by: 'update' },
  'approve retire': { verb: 'approve', gate: 'retire', by: 'signal' },
  'reject shift': { verb: 'reject', gate: 'shift', by: 'update' },
  pause: { verb: 'pause', by: 'signal' },
  resume: { verb: 'resume', by: 'update' },
  rollback: { verb: 'rollback', by: 'both' },
  abort: { verb: 'abort', by: 'signal' },
} satisfies Readonly<Record<string, Saying>>;

export type Said = keyof typeof ALL_SAYINGS;
export const SAYINGS: Readonly<Record<Said, Saying>> = ALL_SAYINGS;

interface Saying {
  readonly verb: Verb;
  readonly gate?: GateName;
  /** `both`: one message by either way at once, as somebody impatient would. It counts once. */
  readonly by: 'update' | 'signal' | 'both';
}

/** What a story can do to its world. */
export interface Stage {
  /** Waits for a status; rejects when the migration has ended otherwise, or after minutes. */
  until(what: string, fits: (view: StatusView) => boolean): Promise<void>;
  /** Workers die around it, where a kill point says so. */
  say(said: Said): Promise<void>;
  /** Waits until the worker has died in the work as often as it was to, however often that is; not for ever. */
  deathsIn(work: Work, moment: 'before the effect' | 'all'): Promise<void>;
  /** Half of green's answers to users are errors from now on. */
  breakGreen(): void;
  /** Green answers nobody well, not even probes; it has no users yet. */
  breakGreenForAll(): void;
  /** Blue, which has no users now, fails its health checks; returns when its targets have seen it. */
  blueFalters(): Promise<void>;
  blueRecovers(): Promise<void>;
}

export interface Story {
  readonly outcome: OutcomeName;
  readonly reaches: readonly Work[];
  readonly says: readonly Said[];
  /** Do users go to green? Then blue's load has to be known. */
  readonly movesUsers: boolean;
  /** About how long it takes when nobody dies. */
  readonly seconds: number;
  /** What its plan has of its own. */
  readonly plan: {
    readonly steps: readonly number[];
    readonly bakeSeconds: number;
    readonly soakSeconds: number;
    readonly green: MigrationPlan['spec']['rollback']['green'];
    /** Is green compared with blue at the end of each step? It takes periods. */
    readonly judged: boolean;
  };
  act(stage: Stage): Promise<void>;
}

const QUICK = { steps: [50, 100], bakeSeconds: 10, soakSeconds: 15, judged: false } as const;
/** Longer than anybody needs to look and to speak. */
const LONG_SECONDS = 900;

const ALL_STORIES = {
  completed: {
    outcome: 'completed',
    reaches: [
      'resolveNames',
      'checkReadiness',
      'createGreen',
      'awaitGreen',
      'furnishGreen',
      'extendTrust',
      'awaitNodegroups',
      'proveRoles',
      'installAddons',
      'awaitAddons',
      'probeAddons',
      'attachGreen',
      'copyWorkloads',
      'awaitWorkloads',
      'smokeTest',
      'holdBlueFloor',
      'checkAbility',
      'rehearseRollback',
      'guardTraffic',
      'setWeights',
      'verifyShare',
      'handOverSingletons',
      'judgeStep',
      'proveBlueIdle',
      'releaseBlue',
      'restoreBlueFloor',
      'deleteBlueNodegroups',
      'deleteBlueCluster',
      'tellPeople',
    ],
    says: ['approve shift', 'approve retire'],
    movesUsers: true,
    seconds: 420,
    // Eight periods of five seconds, and what is late of them.
    plan: { ...QUICK, bakeSeconds: 50, green: 'keep', judged: true },
    act: async (stage) => {
      await atGate(stage, 'shift');
      await stage.say('approve shift');
      await atGate(stage, 'retire');
      await stage.say('approve retire');
    },
  },
  'bad green': {
    outcome: 'rolled-back',
    reaches: [
      'rehearseRollback',
      'setWeights',
      'verifyShare',
      'handOverSingletons',
      'guardTraffic',
      'checkAbility back',
      'setWeights back',
      'verifyShare back',
      'keepOnBlue',
      'returnSingletons',
      'shedGreen',
      'detachGreen',
      'restoreBlueFloor',
      'withdrawTrust',
      'deleteGreen',
      'tellPeople',
    ],
    says: ['approve shift'],
    movesUsers: true,
    seconds: 390,
    plan: { ...QUICK, soakSeconds: LONG_SECONDS, green: 'delete' },
    act: async (stage) => {
      await atGate(stage, 'shift');
      await stage.say('approve shift');
      await inSoak(stage);
      stage.breakGreen();
    },
  },
  'rollback asked in shift': {
    outcome: 'rolled-back',
    reaches: [
      'holdBlueFloor',
      'checkAbility',
      'setWeights',
      'verifyShare',
      'guardTraffic',
      'checkAbility back',
      'setWeights back',
      'verifyShare back',
      'keepOnBlue',
      'shedGreen',
      'detachGreen',
      'restoreBlueFloor',
    ],
    says: ['approve shift', 'rollback'],
    movesUsers: true,
    seconds: 330,
    plan: { ...QUICK, bakeSeconds: LONG_SECONDS, green: 'keep' },
    act: async (stage) => {
      await atGate(stage, 'shift');
      await stage.say('approve shift');
      await isSeen(stage, 50);
      await stage.say('rollback');
    },
  },
  'rollback asked in soak': {
    outcome: 'rolled-back',
    reaches: [
      'handOverSingletons',
      'guardTraffic',
      'checkAbility back',
      'setWeights back',
      'verifyShare back',
      'keepOnBlue',
      'returnSingletons',
      'shedGreen',
      'detachGreen',
      'restoreBlueFloor',
      'deleteGreen',
    ],
    says: ['rollback'],
    movesUsers: true,
    seconds: 390,
    plan: { ...QUICK, soakSeconds: LONG_SECONDS, green: 'delete' },
    act: async (stage) => {
      await atGate(stage, 'shift');
      await stage.say('approve shift');
      await inSoak(stage);
      await stage.say('rollback');
    },
  },
  rejected: {
    outcome: 'rejected',
    reaches: [
      'createGreen',
      'furnishGreen',
      'installAddons',
      'probeAddons',
      'attachGreen',
      'copyWorkloads',
      'smokeTest',
      'detachGreen',
      'tellPeople',
    ],
    says: ['reject shift'],
    movesUsers: false,
    seconds: 100,
    plan: { ...QUICK, green: 'keep' },
    act: async (stage) => {
      await atGate(stage, 'shift');
      await stage.say('reject shift');
    },
  },
  'rollback asked in smoke tests': {
    outcome: 'rolled-back',
    reaches: [
      'attachGreen',
      'copyWorkloads',
      'closeSmokeDoors',
      'detachGreen',
      'withdrawTrust',
      'deleteGreen',
    ],
    says: ['rollback'],
    movesUsers: false,
    seconds: 110,
    plan: { ...QUICK, green: 'delete' },
    act: async (stage) => {
      await stage.until('its smoke tests', ({ activity }) => activity === 'smoke');
      stage.breakGreenForAll();
      await stage.say('rollback');
    },
  },
  'paused, resumed, aborted': {
    outcome: 'aborted',
    reaches: [
      'setWeights',
      'verifyShare',
      'guardTraffic',
      'setWeights back',
      'returnSingletons',
      'shedGreen',
      'detachGreen',
    ],
    says: ['pause', 'resume', 'abort'],
    movesUsers: true,
    seconds: 420,
    plan: { ...QUICK, bakeSeconds: 20, green: 'keep' },
    act: async (stage) => {
      await atGate(stage, 'shift');
      await stage.say('approve shift');
      await isSeen(stage, 50);
      await stage.say('pause');
      await stage.until('its pause', ({ paused }) => paused !== null);
      await stage.say('resume');
      await atGate(stage, 'retire');
      await stage.say('abort');
    },
  },
  'blue cannot take its users back': {
    outcome: 'rolled-back',
    reaches: [
      'checkAbility back',
      'awaitAbility',
      'setWeights back',
      'keepOnBlue',
      'detachGreen',
      'tellPeople',
    ],
    says: ['rollback', 'resume'],
    movesUsers: true,
    seconds: 420,
    plan: { ...QUICK, soakSeconds: LONG_SECONDS, green: 'keep' },
    act: async (stage) => {
      await atGate(stage, 'shift');
      await stage.say('approve shift');
      await inSoak(stage);
      await stage.blueFalters();
      await stage.say('rollback');
      await stage.until('its halt', ({ halted }) => halted !== null);
      await stage.deathsIn('awaitAbility', 'before the effect');
      await stage.blueRecovers();
      await stage.deathsIn('awaitAbility', 'all');
      await stage.say('resume');
    },
  },
} satisfies Readonly<Record<string, Story>>;

export type StoryName = keyof typeof ALL_STORIES;
export const STORIES: Readonly<Record<StoryName, Story>> = ALL_STORIES;
export const STORY_NAMES: readonly StoryName[] = Object.keys(STORIES).filter(isStoryName);

function isStoryName(name: string): name is StoryName {
  return Object.hasOwn(STORIES, name);
}

async function atGate(stage: Stage, name: GateName): Promise<void> {
  await stage.until(`its gate ${name}`, ({ gate }) => gate?.name === name);
}

async function inSoak(stage: Stage): Promise<void> {
  await stage.until('its soak', ({ activity }) => activity === 'soak');
}

/** Users were seen to follow the weight. */
async function isSeen(stage: Stage, percent: number): Promise<void> {
  await stage.until(`${percent} % on green`, ({ steps }) =>
    steps.some((step) => step.percent === percent && step.observedPercent !== null),
  );
}
