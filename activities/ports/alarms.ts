import type { Access } from './refs.ts';

export interface AlarmState {
  /** `UNKNOWN`: it has too little data to say. */
  readonly state: 'OK' | 'ALARM' | 'UNKNOWN';
  /** When it came into this state, epoch milliseconds; null when nobody says. */
  readonly sinceMs: number | null;
  readonly reason: string;
}

export interface Alarms {
  /** States by name; a name that is no alarm of this account and region is left out. */
  read(
    access: Access,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, AlarmState>>;
}
