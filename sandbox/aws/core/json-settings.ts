/** How AWS's JSON protocols write values: member names as they are, timestamps as epoch seconds unless the model says otherwise. */
export const EPOCH_SECONDS_SETTINGS = {
  jsonName: false,
  /** 7 is @smithy/types' TimestampEpochSecondsSchema. */
  timestampFormat: { useTrait: true, default: 7 },
} as const;
