import { upperTail } from '#domain/traffic/binomial.ts';

/** What a metric that is a share of events was counted from, over all samples. */
export interface ShareTotals {
  readonly experiment: Count;
  readonly control: Count;
}

interface Count {
  readonly events: number;
  readonly trials: number;
}

/**
 * Could luck alone have put so many of all events on the experiment's side (`High`), or so few (`Low`)? The exact conditional
 * test: of all events each falls on a side by its share of trials. A share of few events per sample moves in lumps (0, 1 or
 * 2 of 300), and a side with few requests then ranks above or below one with many although both fail equally often; ranks
 * cannot see that, totals can.
 */
export function pooledTail({ experiment, control }: ShareTotals, side: 'High' | 'Low'): number {
  const [own, other] = side === 'High' ? [experiment, control] : [control, experiment];
  const trials = own.trials + other.trials;
  return trials === 0 ? 1 : upperTail(own.events, own.events + other.events, own.trials / trials);
}
