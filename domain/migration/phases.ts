/**
 * The names of the story, in order (DESIGN section 2). The workflow, the Temporal UI, the README and the
 * report use these words and no others.
 */
export const PHASES = [
  'preflight',
  'provision',
  'addons',
  'policies',
  'secrets',
  'workloads',
  'smoke',
  'shift',
  'soak',
  'front-door',
  'drain',
  'retire',
] as const;

/** One chapter of the story. */
export type PhaseName = (typeof PHASES)[number];

export const GATES = ['shift', 'retire'] as const;

/** A wait for people: `shift` before the first user meets green, `retire` before blue may go. */
export type GateName = (typeof GATES)[number];

/** What a person reads next to a phase's name; one sentence, present tense. */
export const PHASE_SENTENCES: Readonly<Record<PhaseName, string>> = {
  preflight: 'Resolving every name once and checking that blue, plan and target version fit',
  provision: 'Creating green: control plane, nodes and access for the engine; no users yet',
  addons: "Installing blue's add-ons on green in versions made for the target",
  policies: 'Policies: not carried over by this version',
  secrets: 'Secret stores: not synchronised by this version',
  workloads: "Attaching green at weight 0 and bringing the plan's namespaces up on it",
  smoke: 'Asking green for answers before any user does',
  shift: 'Moving users to green step by step, with the guard on',
  soak: 'Watching 100 % green while blue stays hot',
  'front-door': "Taking users off every load balancer that blue's cluster owns",
  drain: 'Proving that blue is idle; still reversible',
  retire: 'Removing blue',
};

/** What the run is doing now: a phase, a gate, or one of the three states outside the story. */
export type Activity = PhaseName | `gate:${GateName}` | 'rolling-back' | 'halted' | 'ended';

/** Is this text the name of a gate? */
export function isGateName(text: string): text is GateName {
  return GATES.some((gate) => gate === text);
}
