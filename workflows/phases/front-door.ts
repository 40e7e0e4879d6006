import { frontDoorsOfBlue } from '#domain/traffic/front-door.ts';
import type { PhaseResult, Run } from '../run.ts';
import { halt } from '../halt.ts';

/**
 * Users must have left every load balancer that goes with blue before blue may go (I5). This version moves no names: where
 * users still come in through blue's own front door the run halts here, under guard and with every user on green, as often as it
 * is resumed; a worker of a version that can move them goes on from here.
 */
export async function moveFrontDoor(run: Run): Promise<PhaseResult> {
  for (;;) {
    const doors = frontDoorsOfBlue(run.resolved);
    if (doors.length === 0) return skipped(run);
    halt(
      run,
      `green serves everything, but users come in through ${doors.join(', ')}, which goes with blue ` +
        '(its controller deletes it, or its Gateway is on blue); this version cannot move their names, so blue stays: answer with rollback or abort, or leave the run as it is',
    );
    await run.checkpoint();
  }
}

function skipped(run: Run): PhaseResult {
  return {
    status: 'skipped',
    facts: {
      why: 'no load balancer of the plan is owned by blue',
      loadBalancers: new Set(run.resolved.routes.map((route) => route.loadBalancerArn)).size,
    },
  };
}
