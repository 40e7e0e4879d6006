import { proxyActivities } from '@temporalio/workflow';

/** What the floor's worker offers: nothing, as fast as it can. */
export interface FloorActivities {
  nothing(): Promise<void>;
}

const { nothing } = proxyActivities<FloorActivities>({ startToCloseTimeout: '10s' });

/** So many activities that do nothing, one after the other. */
export async function floor(activities: number): Promise<void> {
  for (let done = 0; done < activities; done += 1) await nothing();
}
