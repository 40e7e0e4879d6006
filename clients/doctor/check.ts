/** One thing that must be right before a migration can run. JSON-stable. */
export interface Check {
  readonly name: string;
  /** `skipped`: what it needs is not there, and that is reported on its own. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skipped';
  /** What was found. */
  readonly found: string;
  /** Commands or steps that heal it, one per line; empty where nothing is to do. */
  readonly remedy: readonly string[];
}

export function ok(name: string, found: string): Check {
  return { name, status: 'ok', found, remedy: [] };
}

export function skipped(name: string, because: string): Check {
  return { name, status: 'skipped', found: because, remedy: [] };
}
