import { accessOfAlarm, nameOfAlarm } from '#domain/guard/alarm-name.ts';
import type { AlarmState } from '#activities/ports/alarms.ts';
import type { Access } from '#activities/ports/refs.ts';
import type { GuardReader, Seen } from './guard-reader.ts';

/** CloudWatch alarms, in one question per region. One that does not exist, or knows too little to say, is missing data. */
export const readAlarms: GuardReader<'alarm'> = async ({ tools, input, run }, asked) => {
  const { ports } = tools;
  const places = new Map<string, { readonly access: Access; readonly names: string[] }>();
  for (const { guardrail } of asked) {
    const access = accessOfAlarm(guardrail.alarm, input.spec.access.default);
    const place = places.get(access.region) ?? { access, names: [] };
    place.names.push(nameOfAlarm(guardrail.alarm));
    places.set(access.region, place);
  }
  const found = new Map<string, ReadonlyMap<string, AlarmState>>();
  await Promise.all(
    [...places].map(async ([region, { access, names }]) => {
      found.set(region, await ports.alarms.read(access, names, run.signal));
    }),
  );
  const nowMs = ports.clock.nowMs();
  return asked.map(({ index, guardrail }): Seen => {
    const { region } = accessOfAlarm(guardrail.alarm, input.spec.access.default);
    const alarm = found.get(region)?.get(nameOfAlarm(guardrail.alarm));
    if (alarm === undefined) return { index, unread: `alarm ${guardrail.alarm} (no such alarm)` };
    const { state, sinceMs, reason } = alarm;
    if (state === 'UNKNOWN') return { index, unread: `alarm ${guardrail.alarm} (${reason})` };
    // A state of unknown age is taken to be old: the rule must not wait for ever.
    const forSeconds = sinceMs === null ? Infinity : Math.max(0, (nowMs - sinceMs) / 1000);
    return { index, observation: { metric: 'alarm', state, forSeconds, reason } };
  });
};
