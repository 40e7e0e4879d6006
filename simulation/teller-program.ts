/** A process of `npm run simulate`: is told the workflow bundle first, then seed after seed; answers each. */
import { activityNames } from './activity-names.ts';
import { DEFECTS } from './defects.ts';
import { Isolate } from './isolate.ts';
import { storyOf, type Stage } from './story.ts';
import { tellOne } from './teller.ts';
import { tourStory } from './tour.ts';

/** What it is sent. */
export type Order =
  | { readonly kind: 'begin'; readonly code: string; readonly defect: string | null }
  | { readonly kind: 'tell'; readonly seed: number; readonly isTour: boolean };

const names = activityNames();
let stage: Stage | null = null;

process.on('message', (order: Order) => {
  void obey(order);
});

async function obey(order: Order): Promise<void> {
  if (order.kind === 'begin') {
    const { code, defect } = order;
    const isolate = await Isolate.load(code, names);
    stage = { isolate, defect: defect === null ? null : (DEFECTS[defect] ?? null) };
    process.send?.('ready');
  } else if (stage !== null)
    process.send?.(await tellOne(stage, (order.isTour ? tourStory : storyOf)(order.seed, names)));
}
