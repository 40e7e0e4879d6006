import { ability } from './ability.ts';
import { addons } from './addons.ts';
import { blueFloor } from './blue-floor.ts';
import { checkReadiness } from './check-readiness.ts';
import type { MigrationActivities } from './contract.ts';
import { createCrowd } from './crowd.ts';
import { drain } from './drain.ts';
import { greenCluster } from './green-cluster.ts';
import { guard } from './guard.ts';
import type { Ports } from './ports.ts';
import { judgeStep } from './judge-step.ts';
import { probeAddons } from './probes/probe-addons.ts';
import { rehearseRollback } from './rehearse-rollback.ts';
import { resolveNames } from './resolve-names.ts';
import { retire } from './retire.ts';
import { share } from './share.ts';
import { singletons } from './singletons.ts';
import { roleTrust } from './role-trust.ts';
import { shedGreen } from './shed-green.ts';
import { smoke } from './smoke.ts';
import { tellPeople } from './tell-people.ts';
import { PRODUCTION_TIMINGS, type Timings } from './timings.ts';
import { weights } from './weights.ts';
import { workloads } from './workloads.ts';

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
    ...weights(tools),
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
