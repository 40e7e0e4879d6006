import { sharesBeforeWrite } from '#domain/traffic/foreign-edits.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import { withIntendedWeights, withWeights } from '#domain/traffic/weight-records.ts';
import { halt } from './halt.ts';
import { holdOnEdit, holdOnEditInForce } from './hold-on-edit.ts';
import { isGreenAble } from './is-green-able.ts';
import { withOpenConnections } from './open-connections.ts';
import { peopleSayYes } from './people-say.ts';
import { traffic, watching } from './proxies.ts';
import type { Run } from './run.ts';

/** A share of green to be made true on some routes. */
interface Wish {
  /** In words, for the summary. */
  readonly where: string;
  readonly routeIds: readonly string[];
  /** Green's share in percent. */
  readonly percent: number;
  /** Green's share before it. */
  readonly fromPercent: number;
  /** How long to wait for enough requests before people are asked. */
  readonly withinSeconds: number;
  /** False where it is not meant any more by the time green was found able. */
  readonly isStillMeant: () => boolean;
  /** Further changes of the state: with the intention, and once the weights were read back. */
  readonly onIntended: (state: MigrationState) => MigrationState;
  readonly onReadBack: (state: MigrationState, at: string) => MigrationState;
}

/** What users' requests showed. */
interface Proof {
  readonly observedPercent: number;
  /** Null where people answered instead of a source. */
  readonly requests: number | null;
}

/**
 * Able, set, read back, seen (I2, I3): one attempt. Null where it came to nothing: whatever does not fit halts the run instead
 * of guessing, and the caller tries again when people have resumed it.
 */
export async function proveShare(run: Run, wish: Wish): Promise<Proof | null> {
  const { routeIds, percent, fromPercent, withinSeconds } = wish;
  const input = { ...run.activityInput, resolved: run.resolved, routeIds, percent };
  if (!(await isGreenAble(run, routeIds, percent)) || !wish.isStillMeant()) return null;
  const expected = sharesBeforeWrite(run.state, routeIds, percent);
  run.record((state) =>
    withOpenConnections(
      withIntendedWeights(wish.onIntended(state), routeIds, percent, run.now()),
      run.now(),
    ),
  );
  const { readBack, readBackAt, edit } = await traffic(
    `Green to ${percent} % on ${wish.where}`,
  ).setWeights({ ...input, expected });
  if (edit !== undefined) {
    holdOnEdit(run, edit, readBackAt);
    return null;
  }
  run.record((state) =>
    wish.onReadBack(
      withWeights(state, routeIds, (id) => ({ readBack: readBack[id] ?? null })),
      readBackAt,
    ),
  );
  const look = await watching(`Do users' requests show ${percent} %?`).verifyShare({
    ...input,
    since: readBackAt,
    withinSeconds,
    fromPercent,
  });
  if (look.edit !== undefined) {
    holdOnEditInForce(run, look.edit, run.now());
    return null;
  }
  if (look.verdict === 'ask-people') {
    if (!(await peopleSayYes(run, look.question ?? 'do users follow the weights?'))) return null;
  } else if (look.verdict !== 'fits') {
    halt(
      run,
      look.verdict === 'mismatch'
        ? `users' requests show ${look.observedPercent.toFixed(2)} % on green where ${percent} % was set (${look.requests} requests)`
        : `only ${look.requests} of ${look.needed} requests came to tell whether ${percent} % is true`,
    );
    return null;
  }
  return {
    observedPercent: look.observedPercent,
    requests: look.verdict === 'ask-people' ? null : look.requests,
  };
}
