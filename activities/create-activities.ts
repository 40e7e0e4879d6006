import { ability } from './traffic/ability.ts';
import { addons } from './green/addons.ts';
import { blueFloor } from './traffic/blue-floor.ts';
import { checkReadiness } from './preflight/check-readiness.ts';
import type { MigrationActivities } from './contract.ts';
import { createCrowd } from './guard/crowd.ts';
import { drain } from './traffic/drain.ts';
import { greenCluster } from './green/green-cluster.ts';
import { guard } from './guard/guard.ts';
import type { Ports } from './ports/ports.ts';
import { judgeStep } from './traffic/judge-step.ts';
import { probeAddons } from './probes/probe-addons.ts';
import { rehearseRollback } from './traffic/rehearse-rollback.ts';
import { resolveNames } from './preflight/resolve-names.ts';
import { retire } from './retirement/retire.ts';
import { share } from './traffic/share.ts';
import { singletons } from './workloads/singletons.ts';
import { roleTrust } from './green/role-trust.ts';
import { shedGreen } from './traffic/shed-green.ts';
import { smoke } from './workloads/smoke.ts';
import { tellPeople } from './tell-people.ts';
import { PRODUCTION_TIMINGS, type Timings } from './timings.ts';
import { weights } from './traffic/weights.ts';
import { workloads } from './workloads/workloads.ts';

/** All activities over these ports; called once by the worker, and by every test that needs them. */
export function createActivities(
  ports: Ports,
  timings: Timings = PRODUCTION_TIMINGS,
): MigrationActivities {
  const tools = { ports, timings };
  const crowd = createCrowd();
  return {
    ...resolveNames(tools),
    ...checkReadiness(tools),
    ...greenCluster(tools),
    ...roleTrust(tools),
    ...addons(tools),
    ...probeAddons(tools),
    ...workloads(tools),
    ...smoke(tools),
    ...weights(tools, crowd),
    ...rehearseRollback(tools, crowd),
    ...judgeStep(tools),
    ...ability(tools),
    ...share(tools, crowd),
    ...blueFloor(tools),
    ...singletons(tools),
    ...shedGreen(tools),
    ...guard(tools, crowd),
    ...drain(tools),
    ...retire(tools),
    ...tellPeople(tools),
  };
}
