import { done, intend, undone } from '#domain/migration/effects.ts';
import type { EffectKey, MigrationState } from '#domain/migration/migration-state.ts';
import { working } from '../proxies.ts';
import type { PhaseResult, Run } from '../run.ts';

/** Green answers for whoever knows a secret header, before any user meets it. */
export async function smokeTest(run: Run): Promise<PhaseResult> {
  const keys = run.resolved.routes.map((route): EffectKey => `smoke-rule/${route.id}`);
  const each = (state: MigrationState, mark: typeof intend): MigrationState =>
    keys.reduce((next, key) => mark(next, key, run.now()), state);
  if (run.spec.smoke.length === 0)
    return { status: 'not-configured', facts: { why: 'the plan has no smoke tests' } };
  run.record((state) => each(state, intend));
  const facts = await working('Smoke test through a temporary rule').smokeTest({
    ...run.activityInput,
    resolved: run.resolved,
  });
  run.record((state) => each(each(state, done), undone));
  return { status: 'done', facts };
}
