import {
  paginateDescribeAlarms,
  type CompositeAlarm,
  type LogAlarm,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmState, Alarms } from '#activities/ports/alarms.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';

/** States of CloudWatch alarms of all kinds, many in one question. */
export function createCloudWatchAlarms({ clients }: { readonly clients: AwsClients }): Alarms {
  return {
    read: (access, names, signal) =>
      asFailure(`alarms ${names.join(', ')}`, signal, async () => {
        const found = new Map<string, AlarmState>();
        for (let from = 0; from < names.length; from += NAMES_PER_CALL) {
          const pages = paginateDescribeAlarms(
            { client: clients.cloudWatch(access) },
            {
              AlarmNames: names.slice(from, from + NAMES_PER_CALL),
              // Left out, only metric alarms are answered.
              AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
            },
            { abortSignal: signal },
          );
          for await (const { MetricAlarms, CompositeAlarms, LogAlarms } of pages)
            for (const alarm of [
              ...(MetricAlarms ?? []),
              ...(CompositeAlarms ?? []),
              ...(LogAlarms ?? []),
            ])
              if (alarm.AlarmName !== undefined) found.set(alarm.AlarmName, stateOf(alarm));
        }
        return found;
      }),
  };
}

/** Most names of one DescribeAlarms call (CloudWatch API reference). */
const NAMES_PER_CALL = 100;

function stateOf(alarm: MetricAlarm | CompositeAlarm | LogAlarm): AlarmState {
  const { StateValue, StateReason = '', StateTransitionedTimestamp, StateUpdatedTimestamp } = alarm;
  const since = StateTransitionedTimestamp ?? StateUpdatedTimestamp;
  const known = StateValue === 'OK' || StateValue === 'ALARM';
  return {
    state: known ? StateValue : 'UNKNOWN',
    reason: StateReason,
    sinceMs: since?.getTime() ?? null,
  };
}
