import { outcomeIn, type Invariant } from './scene.ts';

/** Longest time in which a singleton may run nowhere: a hand-over's attempts, and the workers' worst outages. */
const NOWHERE_MS = 45 * 60_000;

/** I7: a singleton runs on one side, and on one it runs. */
export const SINGLETON_INVARIANTS: Readonly<Record<string, Invariant>> = {
  'I7 a singleton runs on one side': (now, { world }) => {
    if (now.kind !== 'landed' || !now.call.startsWith('kubernetes.')) return null;
    const green = world.singletonsOn('green');
    const both = world.singletonsOn('blue').filter((name) => green.includes(name));
    return both.length === 0 ? null : `${both.join(', ')} runs on both sides`;
  },

  'I7 a singleton is not left behind': (now, { world, before, past }) => {
    if (now.kind !== 'settled') return null;
    const outcome = outcomeIn(past);
    if (outcome === null) return null;
    const side = outcome === 'completed' ? 'green' : 'blue';
    const running = world.singletonsOn(side);
    const missing = before.singletonsOnBlue.filter((name) => !running.includes(name));
    return missing.length === 0
      ? null
      : `${outcome}, but ${missing.join(', ')} does not run on ${side}`;
  },

  'I7 a singleton does not run nowhere for long': (now, { past, before, world }) => {
    if (now.kind !== 'landed' || !now.call.startsWith('kubernetes.') || !world.blueExists())
      return null;
    const begun = past.find(
      (one) =>
        one.kind === 'landed' && one.of === 'handOverSingletons' && one.call === 'kubernetes.merge',
    );
    if (begun === undefined || now.atMs - begun.atMs < NOWHERE_MS) return null;
    const running = [...world.singletonsOn('blue'), ...world.singletonsOn('green')];
    const nowhere = before.singletonsOnBlue.filter((name) => !running.includes(name));
    return nowhere.length === 0 ? null : `${nowhere.join(', ')} runs nowhere`;
  },
};
