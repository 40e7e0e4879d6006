import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { billableActions, sumOf } from '#sandbox/temporal/billable-actions.ts';

const NOTHING = {
  starts: 0,
  activities: 0,
  retries: 0,
  timers: 0,
  searchAttributes: 0,
  messages: 0,
};

const upsert = (...names: readonly string[]) => ({
  upsertWorkflowSearchAttributesEventAttributes: {
    searchAttributes: { indexedFields: Object.fromEntries(names.map((name) => [name, {}])) },
  },
});

describe('what Temporal bills of a history', () => {
  it.each([
    ['a start', { workflowExecutionStartedEventAttributes: {} }, { starts: 1 }],
    ['an activity', { activityTaskScheduledEventAttributes: {} }, { activities: 1 }],
    ['an attempt that is the first', { activityTaskStartedEventAttributes: { attempt: 1 } }, {}],
    [
      'three attempts before it',
      { activityTaskStartedEventAttributes: { attempt: 4 } },
      { retries: 3 },
    ],
    ['a timer', { timerStartedEventAttributes: {} }, { timers: 1 }],
    ['the end of a timer', { timerFiredEventAttributes: {} }, {}],
    ['a signal', { workflowExecutionSignaledEventAttributes: {} }, { messages: 1 }],
    ['an update', { workflowExecutionUpdateAcceptedEventAttributes: {} }, { messages: 1 }],
    ['its answer', { workflowExecutionUpdateCompletedEventAttributes: {} }, {}],
    ['search attributes', upsert('CutoverPhase', 'CutoverGate'), { searchAttributes: 1 }],
    ['what the SDK notes of a patch', upsert('TemporalChangeVersion'), {}],
    ['a workflow task', { workflowTaskScheduledEventAttributes: {} }, {}],
    ['the marker of a patch', { markerRecordedEventAttributes: {} }, {}],
  ])('is %s as it should be', (_, event, expected) => {
    expect(billableActions([{ eventId: 7, ...event }])).toEqual({ ...NOTHING, ...expected });
  });

  it('is all of it together', async () => {
    const url = new URL('../../replay/histories/v0.1/completed.json.gz', import.meta.url);
    const { events } = JSON.parse(gunzipSync(await readFile(url)).toString());
    const actions = billableActions(events);

    expect(actions).toMatchObject({ starts: 1, messages: 2 });
    expect(sumOf(actions)).toBe(
      actions.starts +
        actions.activities +
        actions.retries +
        actions.timers +
        actions.searchAttributes +
        actions.messages,
    );
    expect(sumOf(actions)).toBeLessThan(events.length);
  });
});
