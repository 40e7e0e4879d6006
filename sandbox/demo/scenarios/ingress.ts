import { ingresses } from '#sandbox/load-balancer-controller/ingress/ingress-objects.ts';
import { SHOP_NAMESPACE_NAME } from '#sandbox/shop/manifests.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { shortOfNoFailures } from './rolled-back.ts';

const NOTED_AT_PERCENT = 25;
const NOTE = 'shop.example.com/note';

/** Users come in through a load balancer that blue's controller made of an Ingress, and keeps. */
export const ingress: Scenario = {
  name: 'ingress',
  tells:
    "The shop's front door is a load balancer that blue's controller made of an Ingress: the controller puts back whatever it does not find there. The weights must hold all the same; blue must not go while its load balancer is the front door; and on request everybody comes back, with the Ingress as it was.",
  exitCode: 4,
  world: { frontDoor: 'ingress' },
  example: '3-ingress.yaml',
  prepare: () => Promise.resolve(),
  meanwhile: async (stage) => {
    await stage.untilSeen(NOTED_AT_PERCENT);
    stage.say(
      '  a colleague notes something on the Ingress: the controller looks at every rule again',
    );
    await note(stage, 'freeze until Friday');
    await note(stage, null);
    const reason = await stage.untilHalted();
    stage.say(`  halted: ${reason}`);
    await stage.send('rollback', 'ada', 'names cannot be moved yet, so back to blue');
  },
  decide: () => 'approve',
  check: (report) => [
    ...(report.outcome === 'rolled-back' ? [] : [`the outcome is ${report.outcome}`]),
    ...shortOfNoFailures(report),
    ...(report.rules.greatestGreenPercent === 100
      ? []
      : [`green never had more than ${report.rules.greatestGreenPercent} %`]),
    ...(report.halts.some((reason) => reason.includes('goes with blue'))
      ? []
      : [`no halt kept blue: ${JSON.stringify(report.halts)}`]),
    ...(report.traffic.greenAtWeightZero === 0
      ? []
      : [`${report.traffic.greenAtWeightZero} users met green at weight 0`]),
    ...(report.rules.unchanged ? [] : ['the rules are not as they were']),
    ...(report.ingress?.unchanged === true ? [] : ['the Ingress is not as it was']),
    ...(report.blue.exists ? [] : ['blue is gone']),
    ...(report.green.exists ? [] : ['green was not kept for inspection']),
  ],
};

async function note({ sandbox }: Stage, text: string | null): Promise<void> {
  const plane = sandbox.clusters.controlPlane(BLUE);
  if (plane === undefined) throw new Error('blue is not running');
  await plane.client.patch(
    ingresses,
    { namespace: SHOP_NAMESPACE_NAME, name: 'web' },
    { metadata: { annotations: { [NOTE]: text } } },
  );
}
