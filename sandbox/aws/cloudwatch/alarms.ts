/**
 * Metric alarms, evaluated over the very metrics that can be read: when an alarm is described, it is judged by the periods that
 * have ended since. Alarms on metric maths, composite alarms and actions are refused by name or not played. Invariant: a state
 * set by hand (SetAlarmState) lasts until the next period ends, as in AWS, where the next evaluation overrides it. Source:
 * docs AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html ("Evaluating an alarm", "treats missing data")
 */
import type {
  ComparisonOperator,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  MetricAlarm,
  PutMetricAlarmCommandInput,
  SetAlarmStateCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../core/aws-error.ts';
import type { CallContext } from '../core/operation-handlers.ts';
import type { MetricStore } from './metric-store.ts';
import { dimensionsOf } from './put-metric-data.ts';
import { statisticNamed } from './statistic.ts';

const NAMES_PER_CALL = 100;
const DEFAULT_PAGE = 50;

interface Alarm {
  readonly arn: string;
  readonly settings: PutMetricAlarmCommandInput;
  state: State;
  /** Of the last evaluation: the end of the newest period it saw. */
  evaluatedToMs: number;
}

interface State {
  readonly value: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly reason: string;
  readonly transitionedMs: number;
}

export class AlarmStore {
  readonly #alarms = new Map<string, Alarm>();
  readonly #store: MetricStore;
  readonly #nowMs: () => number;

  constructor(store: MetricStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  put(settings: PutMetricAlarmCommandInput, call: CallContext): Record<string, never> {
    const { AlarmName = '', Metrics, Period, MetricName } = settings;
    if (Metrics !== undefined || MetricName === undefined || Period === undefined)
      throw new AwsError('ValidationError', 'Only alarms on one metric are emulated');
    const before = this.#alarms.get(AlarmName);
    this.#alarms.set(AlarmName, {
      arn: `arn:aws:cloudwatch:${call.region}:${call.caller.accountId}:alarm:${AlarmName}`,
      settings,
      state: before?.state ?? {
        value: 'INSUFFICIENT_DATA',
        reason: 'Unchecked: Initial alarm creation',
        transitionedMs: this.#nowMs(),
      },
      evaluatedToMs: 0,
    });
    return {};
  }

  setState(input: SetAlarmStateCommandInput): Record<string, never> {
    const alarm = this.#alarms.get(input.AlarmName ?? '');
    if (alarm === undefined)
      throw new AwsError('ResourceNotFound', 'Unknown alarm', { httpStatus: 404 });
    const value = input.StateValue ?? 'OK';
    alarm.evaluatedToMs = this.#closedMs(alarm);
    alarm.state = this.#next(alarm, value, input.StateReason ?? '');
    return {};
  }

  delete(names: readonly string[]): Record<string, never> {
    for (const name of names) this.#alarms.delete(name);
    return {};
  }

  /** @throws AwsError ValidationError */
  describe(input: DescribeAlarmsCommandInput): Omit<DescribeAlarmsCommandOutput, '$metadata'> {
    const { AlarmNames, AlarmTypes = ['MetricAlarm'], StateValue, NextToken } = input;
    if ((AlarmNames?.length ?? 0) > NAMES_PER_CALL)
      throw new AwsError('ValidationError', 'AlarmNames can have at most 100 members');
    const asked = [...this.#alarms].filter(([name]) => AlarmNames?.includes(name) ?? true);
    const found = AlarmTypes.includes('MetricAlarm') ? asked.map(([, alarm]) => alarm) : [];
    for (const alarm of found) this.#evaluate(alarm);
    const matching = found.filter(({ state }) => (StateValue ?? state.value) === state.value);
    const from = Number(NextToken ?? 0);
    const to = from + (input.MaxRecords ?? DEFAULT_PAGE);
    return {
      MetricAlarms: matching.slice(from, to).map(described),
      CompositeAlarms: [],
      LogAlarms: [],
      ...(to < matching.length ? { NextToken: String(to) } : {}),
    };
  }

  #evaluate(alarm: Alarm): void {
    const { settings } = alarm;
    const toMs = this.#closedMs(alarm);
    if (toMs <= alarm.evaluatedToMs) return;
    alarm.evaluatedToMs = toMs;
    const { Period = 60, EvaluationPeriods = 1, DatapointsToAlarm = EvaluationPeriods } = settings;
    const statistic = statisticNamed(settings.ExtendedStatistic ?? settings.Statistic ?? '');
    const values = this.#store
      .read({
        metric: {
          namespace: settings.Namespace ?? '',
          name: settings.MetricName ?? '',
          dimensions: dimensionsOf(settings.Dimensions),
        },
        startMs: toMs - EvaluationPeriods * Period * 1_000,
        endMs: toMs,
        periodSeconds: Period,
        unit: settings.Unit,
      })
      .flatMap(({ distribution }) => statistic(distribution) ?? []);
    const missing = EvaluationPeriods - values.length;
    const treat = settings.TreatMissingData ?? 'missing';
    if (values.length === 0 && (treat === 'missing' || treat === 'ignore')) {
      if (treat === 'missing')
        alarm.state = this.#next(alarm, 'INSUFFICIENT_DATA', 'Insufficient Data: no datapoints');
      return;
    }
    const threshold = settings.Threshold ?? 0;
    const breaching =
      values.filter((value) => isBeyond(value, threshold, settings.ComparisonOperator)).length +
      (treat === 'breaching' ? missing : 0);
    const reason = `Threshold Crossed: ${breaching} of the last ${EvaluationPeriods} datapoints [${values.join(', ')}] compared with the threshold (${threshold})`;
    alarm.state = this.#next(alarm, breaching >= DatapointsToAlarm ? 'ALARM' : 'OK', reason);
  }

  #next(alarm: Alarm, value: State['value'], reason: string): State {
    const isSame = alarm.state.value === value;
    return {
      value,
      reason,
      transitionedMs: isSame ? alarm.state.transitionedMs : this.#nowMs(),
    };
  }

  #closedMs({ settings }: Alarm): number {
    const periodMs = (settings.Period ?? 60) * 1_000;
    return Math.floor(this.#nowMs() / periodMs) * periodMs;
  }
}

function described({ arn, settings, state }: Alarm): MetricAlarm {
  return {
    ...settings,
    AlarmArn: arn,
    StateValue: state.value,
    StateReason: state.reason,
    StateUpdatedTimestamp: new Date(state.transitionedMs),
    StateTransitionedTimestamp: new Date(state.transitionedMs),
  };
}

/** @throws AwsError for the operators of anomaly detection. */
function isBeyond(
  value: number,
  threshold: number,
  operator: ComparisonOperator | undefined,
): boolean {
  switch (operator) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    default:
      throw new AwsError('ValidationError', `${operator} is not emulated`);
  }
}
