import { assertNever } from '#domain/assert-never.ts';
import type {
  EksWay,
  GreenOrder,
  KroWay,
  Provisioner,
  Way,
} from '#activities/ports/provisioner.ts';

/**
 * One provisioner for all ways of making green: each call goes to the adapter of the plan's own way. The only place that knows all
 * ways; a way without an adapter does not compile.
 */
interface ByWay {
  readonly eks: Provisioner<EksWay>;
  readonly kro: Provisioner<KroWay>;
}

export function provisionerByWay(provisioners: ByWay): Provisioner {
  const chosen = <Result>(
    order: GreenOrder,
    ask: <Chosen extends Way>(
      provisioner: Provisioner<Chosen>,
      order: GreenOrder<Chosen>,
    ) => Result,
  ): Result => {
    const { way, ...rest } = order;
    switch (way.with) {
      case 'eks':
        return ask(provisioners.eks, { ...rest, way });
      case 'kro':
        return ask(provisioners.kro, { ...rest, way });
      default:
        return assertNever(way);
    }
  };
  return {
    survey: (order, signal) => chosen(order, (one, its) => one.survey(its, signal)),
    create: (order, signal) => chosen(order, (one, its) => one.create(its, signal)),
    furnish: (order, signal) => chosen(order, (one, its) => one.furnish(its, signal)),
    progress: (order, until, signal) =>
      chosen(order, (one, its) => one.progress(its, until, signal)),
    remove: (order, signal) => chosen(order, (one, its) => one.remove(its, signal)),
  };
}
