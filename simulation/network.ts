import { createEksProvisioner } from '#activities/adapters/provision/eks-provisioner.ts';
import { provisionerByWay } from '#activities/adapters/provision/provisioner-by-way.ts';
import type { Ports } from '#activities/ports/ports.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { nameOfPlace, type RoutePlace } from '#domain/traffic/route-place.ts';
import { isFields } from '#domain/json/json-fields.ts';
import { WRITING } from '#test/fakes/fake-calls.ts';
import { never, thisAttempt, type Attempt } from './attempt.ts';
import { REQUEST_TIMEOUT_MS, type Fault } from './faults.ts';
import type { Observation } from './observations.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * What lies between activities and the world: time, and everything that goes wrong on the way. A request that was sent takes
 * effect whatever becomes of its sender, at most {@link REQUEST_TIMEOUT_MS} later; its sender waits no longer than that.
 */
export interface NetworkParts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly faults: readonly Fault[];
  readonly observe: (observation: Observation) => void;
  readonly kill: (
    downMs: number,
    where: Pick<Extract<Observation, { readonly kind: 'killed' }>, 'activity' | 'point' | 'call'>,
  ) => void;
}

type CallFault = Extract<Fault, { readonly at: 'call' }>;

/** These are not sent later than their deadline, so that nobody has to fear them for ever. */
const WITH_DEADLINE: Readonly<Record<string, number>> = {
  'router.setGreenPercent': 2,
  'router.sendAllToBlue': 1,
};
/** Activities of which, as a rule, no call changes the world: any call of theirs counts as their effect. */
const READERS: ReadonlySet<string> = new Set([
  'resolveNames',
  'checkReadiness',
  'awaitGreen',
  'awaitNodegroups',
  'proveRoles',
  'awaitAddons',
  'awaitWorkloads',
  'checkAbility',
  'awaitAbility',
  'verifyShare',
  'keepOnBlue',
  'judgeStep',
  'guardTraffic',
  'proveBlueIdle',
]);

/** The ports of a world behind this network. */
export function behindNetwork(ports: Ports, parts: NetworkParts): Ports {
  const network = new Network(parts);
  const clusters = network.around('clusters', ports.clusters);
  const nodegroups = network.around('nodegroups', ports.nodegroups);
  return {
    clusters,
    nodegroups,
    // What goes over the network are its calls of EKS, each by itself.
    provisioner: provisionerByWay({
      eks: createEksProvisioner({ clusters, nodegroups }),
      kro: network.around('provisioner', ports.provisioner),
    }),
    addons: network.around('addons', ports.addons),
    clusterAccess: network.around('clusterAccess', ports.clusterAccess),
    quotas: network.around('quotas', ports.quotas),
    roleTrust: network.around('roleTrust', ports.roleTrust),
    router: network.around('router', ports.router),
    smokeDoor: network.around('smokeDoor', ports.smokeDoor),
    dnsAnswers: network.around('dnsAnswers', ports.dnsAnswers),
    capsules: network.around('capsules', ports.capsules),
    targetGroups: network.around('targetGroups', ports.targetGroups),
    trafficMetrics: network.around('trafficMetrics', ports.trafficMetrics),
    loadBalancerMetrics: network.around('loadBalancerMetrics', ports.loadBalancerMetrics),
    alarms: network.around('alarms', ports.alarms),
    promql: network.around('promql', ports.promql),
    kubernetes: network.around('kubernetesClusters', {
      connect: async (...args) =>
        network.around('kubernetes', await ports.kubernetes.connect(...args)),
    }),
    // Text it was given; nobody is asked.
    helm: ports.helm,
    httpProbe: network.around('httpProbe', ports.httpProbe),
    notifier: network.around('notifier', ports.notifier),
    runs: network.around('runs', ports.runs),
    // A file of its own machine.
    surroundings: ports.surroundings,
    clock: ports.clock,
  };
}

class Network {
  readonly #parts: NetworkParts;
  readonly #counts = new Map<string, number>();

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  around<Port extends object>(port: string, implementation: Port): Port {
    return new Proxy(implementation, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function' || typeof name === 'symbol') return member;
        return async (...args: readonly unknown[]): Promise<unknown> =>
          this.#call(`${port}.${name}`, args, async (sent) => {
            const result: unknown = await Reflect.apply(member, target, sent);
            return result;
          });
      },
    });
  }

  async #call(
    call: string,
    args: readonly unknown[],
    perform: (args: readonly unknown[]) => Promise<unknown>,
  ): Promise<unknown> {
    const { time, random, kill } = this.#parts;
    const attempt = thisAttempt();
    if (attempt.isDead) return never();
    const signal = args.find((arg) => arg instanceof AbortSignal);
    signal?.throwIfAborted();
    const mishap = this.#mishapOf(call);
    if (attempt.dies?.kill === 'before' && attempt.sent === 0) {
      kill(attempt.dies.downMs, { activity: attempt.activity, point: 'before', call });
      return never();
    }
    if (mishap?.kind === 'kill' && mishap.point === 'before') {
      kill(mishap.downMs, { activity: attempt.activity, point: 'before', call });
      return never();
    }
    attempt.sent += 1;
    const sent = this.#withoutDeadline(call, args);
    const isRefused = mishap?.kind === 'fails';
    const landsInMs =
      mishap?.kind === 'hangs'
        ? mishap.landsAfterMs
        : mishap?.kind === 'slow'
          ? mishap.ms
          : (attempt.slowMs ?? random.whole(2, 40));
    const isHeard = mishap?.kind !== 'hangs' && mishap?.kind !== 'answer-lost';
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const settle = (how: () => void): void => {
      stop();
      if (!attempt.isDead) how();
    };
    const giveUp = time.after(REQUEST_TIMEOUT_MS, () =>
      settle(() =>
        reject(new CutoverFailure('unavailable', 'no answer in time', { resource: call })),
      ),
    );
    const abort = (): void =>
      settle(() => reject(new DOMException('The operation was aborted', 'AbortError')));
    const stop = (): void => {
      giveUp();
      signal?.removeEventListener('abort', abort);
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (landsInMs !== null)
      time.after(landsInMs, async () => {
        const answer = isRefused
          ? (): void =>
              reject(
                new CutoverFailure(mishap.failure, 'as the simulation wants it', {
                  resource: call,
                }),
              )
          : await this.#land(call, attempt, sent, perform).then(
              (value) => () => resolve(value),
              (cause: unknown) => () => reject(cause),
            );
        if (mishap?.kind === 'kill')
          kill(mishap.downMs, { activity: attempt.activity, point: 'after', call });
        else if (attempt.dies?.kill === 'after' && this.#isItsEffect(call, attempt))
          kill(attempt.dies.downMs, { activity: attempt.activity, point: 'after', call });
        else if (isHeard) time.after(random.whole(1, 20), () => settle(answer));
      });
    return promise;
  }

  #isItsEffect(call: string, { activity, isDead }: Attempt): boolean {
    return !isDead && (READERS.has(activity) || WRITING.has(call));
  }

  #mishapOf(call: string): CallFault['mishap'] | null {
    const nth = (this.#counts.get(call) ?? 0) + 1;
    this.#counts.set(call, nth);
    const fault = this.#parts.faults.find(
      (one): one is CallFault =>
        one.at === 'call' && one.call === call && nth >= one.nth && nth < one.nth + one.times,
    );
    if (fault === undefined) return null;
    const what = `${fault.mishap.kind} at ${call}`;
    this.#parts.observe({ atMs: this.#parts.time.nowMs(), kind: 'fault', what });
    return fault.mishap;
  }

  /** As adapters do: past its deadline a write is not sent; once sent, nothing looks at a deadline any more. */
  #withoutDeadline(call: string, args: readonly unknown[]): readonly unknown[] {
    // Whoever sent it may go away meanwhile; the request is on its way.
    const sent = args.map((arg) =>
      arg instanceof AbortSignal ? new AbortController().signal : arg,
    );
    const index = WITH_DEADLINE[call];
    if (index === undefined) return sent;
    if (this.#parts.time.nowMs() > Number(args[index]))
      throw new CutoverFailure('late-write', 'not sent', { resource: placeIn(args) });
    return sent.with(index, Number.POSITIVE_INFINITY);
  }

  async #land(
    call: string,
    attempt: Attempt,
    args: readonly unknown[],
    perform: (args: readonly unknown[]) => Promise<unknown>,
  ): Promise<unknown> {
    const { time, observe } = this.#parts;
    const value = await perform(args);
    const { activity: of } = attempt;
    if (call in WITH_DEADLINE) attempt.weightsRead.push([placeIn(args), null]);
    if (call === 'router.readGreenPercent')
      // Green off the route is a share of nothing.
      attempt.weightsRead.push([placeIn(args), typeof value === 'number' ? value : 0]);
    if (WRITING.has(call))
      observe({
        atMs: time.nowMs(),
        kind: 'landed',
        call,
        of,
        what: describe(args),
        place: call.startsWith('router.') ? placeIn(args) : null,
      });
    return value;
  }
}

/** A kind of place that is missing here is a type error. */
const PLACES: Readonly<Record<RoutePlace['with'], true>> = {
  alb: true,
  gateway: true,
  ingress: true,
  nlb: true,
  route53: true,
};

function placeIn([place]: readonly unknown[]): string {
  return isPlace(place) ? nameOfPlace(place) : 'no place';
}

function isPlace(value: unknown): value is RoutePlace {
  return (
    isFields(value) && typeof value['with'] === 'string' && Object.hasOwn(PLACES, value['with'])
  );
}

/** What a write was about, in a few words. */
function describe(args: readonly unknown[]): string {
  return args
    .flatMap((arg) => {
      if (isPlace(arg)) return [nameOfPlace(arg)];
      if (isFields(arg)) {
        const metadata: unknown = arg['metadata'];
        const name: unknown = isFields(metadata)
          ? metadata['name']
          : (arg['plural'] ?? arg['name'] ?? arg['event']);
        return typeof name === 'string' ? [name] : [];
      }
      return typeof arg === 'string' || typeof arg === 'number' ? [String(arg)] : [];
    })
    .join(' ')
    .slice(0, 120);
}
