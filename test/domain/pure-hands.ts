/** Hands on rules of plain numbers, with time of their own: what the traffic model needs of an ALB, a thousand times a second. */
import { greenPercentOf, weightsFor as albWeights } from '#activities/adapters/aws/alb-weights.ts';
import type { FoundShare } from '#domain/traffic/foreign-edits.ts';
import type { Hands } from './traffic/traffic-model.ts';

/** Longest between the start of a forward write's attempt and its effect: `lateWriteMs` of the engine's timings. */
export const LANDS_WITHIN_SECONDS = 12;

interface Rule {
  readonly blue: number | null;
  readonly green: number | null;
  readonly stranger: boolean;
}

export function createPureHands(
  routeIds: readonly string[],
  weightsFor: typeof albWeights = albWeights,
): Hands {
  const rules = new Map<string, Rule>();
  let late: { readonly id: string; readonly rule: Rule; readonly landsAt: number }[] = [];
  let now = 0;

  const ours = (percent: number): Rule => ({ ...weightsFor(percent), stranger: false });
  const blueAlone: Rule = { blue: 1, green: null, stranger: false };
  const share = (id: string): FoundShare => {
    const { blue, green, stranger } = rules.get(id) ?? blueAlone;
    if (stranger) return 'strange';
    return green === null ? null : greenPercentOf({ blue: blue ?? 0, green });
  };
  const pass = (seconds: number): void => {
    now += seconds;
    for (const { id, rule } of late.filter(({ landsAt }) => landsAt <= now)) rules.set(id, rule);
    late = late.filter(({ landsAt }) => landsAt > now);
  };
  const toBlue = (id: string): void => {
    const { blue, green, stranger } = rules.get(id) ?? blueAlone;
    rules.set(id, stranger || blue === null || green === null ? blueAlone : ours(0));
  };

  for (const id of routeIds) rules.set(id, ours(0));
  return {
    write: async (ids, percent) => {
      for (const id of ids) {
        const { blue, green, stranger } = rules.get(id) ?? blueAlone;
        if (percent === 0) toBlue(id);
        else if (stranger || blue === null || green === null) throw new Error('unexpected-shape');
        else rules.set(id, ours(percent));
      }
      const readBack = ids.map((id): [string, number] => [id, percent]);
      pass(1);
      return Object.fromEntries(readBack);
    },
    writeLate: async (ids, percent, afterSeconds) => {
      if (afterSeconds > LANDS_WITHIN_SECONDS) return;
      late.push(...ids.map((id) => ({ id, rule: ours(percent), landsAt: now + afterSeconds })));
    },
    keepOnBlue: async (ids) => {
      for (let second = 0; second < LANDS_WITHIN_SECONDS; second += 1) {
        for (const id of ids) if ((share(id) ?? 0) !== 0) toBlue(id);
        pass(1);
      }
      for (const id of ids) if ((share(id) ?? 0) !== 0) toBlue(id);
    },
    detach: async (ids) => {
      for (const id of ids) rules.set(id, blueAlone);
    },
    meddle: async (id, found) => {
      if (found === 'strange') rules.set(id, { blue: null, green: 1, stranger: true });
      else rules.set(id, found === null ? blueAlone : ours(found));
    },
    shares: async () => new Map(routeIds.map((id) => [id, share(id)])),
    weights: () =>
      [...rules.values()].map(({ blue, green }) =>
        [blue, green].filter((weight) => weight !== null),
      ),
    pass: async (seconds) => pass(seconds),
  };
}
