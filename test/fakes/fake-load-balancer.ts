import type { Clock } from '#activities/ports/clock.ts';
import type { HttpProbe } from '#activities/ports/http-probe.ts';
import type { SmokeDoor } from '#activities/ports/smoke-door.ts';
import type {
  TargetCounts,
  TargetGroups,
  TargetGroupSettings,
} from '#activities/ports/target-groups.ts';
import type {
  RouteDescription,
  RouteRef,
  TrafficRouter,
} from '#activities/ports/traffic-router.ts';
import type { WayBack } from '#domain/capsule/capsule.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { nameOfPlace, type RoutePlace, type RouterKind } from '#domain/traffic/route-place.ts';
import { blueTargetGroupOf, placeOfPlanned, type PlannedRoute } from './fake-places.ts';
import {
  forwardOf,
  misshapen,
  percentOf,
  replaceForward,
  stick,
  stickySecondsOf,
  type FakeAction,
  type FakeRule,
} from './fake-rule.ts';
import { fakeWayBack } from './fake-way-back.ts';
import { Timeline } from './timeline.ts';

/**
 * One front door with rules, weights, target groups and smoke doors, with the semantics of ELBv2: a rule's actions are
 * replaced as a whole, weights count from 0 to 999, a target group that no rule names has no healthy targets.
 */
interface FakeDoor {
  /** Name of the place it is at. */
  readonly place: string;
  readonly header: { readonly name: string; readonly value: string };
  readonly tags: Readonly<Record<string, string>>;
  readonly opensAtMs: number;
}

type Counted = Omit<TargetCounts, 'healthyByZone'>;

const SCALE = 1000;
const NEVER_STICKY: readonly RouterKind[] = ['nlb', 'gateway'];
const GREATEST_WEIGHT = 999;

export class FakeLoadBalancer implements TrafficRouter, SmokeDoor, TargetGroups, HttpProbe {
  readonly rules: FakeRule[] = [];
  readonly doors: FakeDoor[] = [];
  /** Healthy targets told by hand, by target group; without it what the clusters' workloads say. */
  readonly healthyByHand = new Map<string, number>();
  /** Status of an answer, by `blue /path` or `green /path`, or by the URL of another server; 200 without. */
  readonly answers = new Map<string, number>();
  /** What a read of a weight answers instead of the rule's own; null: the rule's own. */
  readOverride: ((route: RouteRef) => Promise<number | null>) | null = null;
  /** How long a change takes to reach users. */
  propagationMs = 0;
  /** Where its nodes and, in turn, its targets are. */
  zones: readonly string[] = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
  crossesZones = true;
  slowStartSeconds = 0;
  /** Targets that still leave, by target group; one is out at each look. */
  readonly leaving = new Map<string, number>();
  deregistrationDelaySeconds = 1;
  readonly #clock: Clock;
  readonly #land: (call: 'router.setGreenPercent' | 'router.sendAllToBlue') => Promise<void>;
  readonly #targetsOf: (targetGroupArn: string) => Counted;

  constructor(
    clock: Clock,
    land: (call: 'router.setGreenPercent' | 'router.sendAllToBlue') => Promise<void>,
    targetsOf: (targetGroupArn: string) => Counted,
  ) {
    this.#clock = clock;
    this.#land = land;
    this.#targetsOf = targetsOf;
  }

  addRule(route: PlannedRoute): void {
    const place = placeOfPlanned(route);
    const blueTargetGroupArn = blueTargetGroupOf(route);
    const [, account = '', family = 'app', name = 'front-door'] =
      /:(\d{12}):listener(?:-rule)?\/(app|net)\/([^/]+)/.exec(nameOfPlace(place)) ?? [];
    const elb = `arn:aws:elasticloadbalancing:eu-west-1:${account}`;
    this.rules.push({
      place,
      loadBalancerArn:
        route.with === 'route53'
          ? route.blueLoadBalancerArn
          : `${elb}:loadbalancer/${family}/${name}/50dc6c495c0c9188`,
      frontDoorUrl: `http://${route.id}.front-door.test:80`,
      blueTargetGroupArn,
      greenTargetGroupArn: route.greenTargetGroupArn,
      ownedByCluster: null,
      actions: [
        { type: 'authenticate-oidc', order: 1 },
        { type: 'forward', order: 2, targetGroups: [{ arn: blueTargetGroupArn, weight: 1 }] },
      ],
      greenPercent: new Timeline(0),
    });
  }

  ruleOfBlue(blueTargetGroupArn: string): FakeRule {
    const rule = this.rules.find((one) => one.blueTargetGroupArn === blueTargetGroupArn);
    return rule ?? missing(blueTargetGroupArn);
  }

  async describe(route: PlannedRoute): Promise<RouteDescription> {
    const rule = this.#rule(placeOfPlanned(route));
    const { loadBalancerArn, frontDoorUrl, ownedByCluster, weightsOwner } = rule;
    const groups = forwardOf(rule);
    if (!groups.some(({ arn }) => arn === rule.blueTargetGroupArn))
      misshapen(rule, 'forwards not to blue');
    const before = JSON.stringify(rule.actions);
    if (NEVER_STICKY.includes(rule.place.with) && stickySecondsOf(rule) !== null)
      misshapen(rule, 'holds sessions');
    const { place, blueTargetGroupArn, greenTargetGroupArn } = rule;
    return {
      place,
      blueTargetGroupArn,
      greenTargetGroupArn,
      stickySeconds: stickySecondsOf(rule),
      greenPercent: percentOf(rule),
      loadBalancerArn,
      frontDoorUrl,
      securityGroupIds: ['sg-front-door'],
      ownedByCluster,
      ...(weightsOwner === undefined ? {} : { weightsOwner }),
      before,
    };
  }

  async attach(route: RouteRef, before: string): Promise<void> {
    const rule = this.#rule(route);
    const groups = forwardOf(rule);
    if (groups.some(({ arn }) => arn === route.greenTargetGroupArn)) return;
    if (groups.length !== 1 || groups[0]?.arn !== route.blueTargetGroupArn)
      misshapen(rule, 'is no plain forward to blue');
    const parsed: FakeAction[] = JSON.parse(before);
    rule.actions = parsed;
    this.#write(rule, route, 0);
  }

  async detach(route: RouteRef, before: string): Promise<void> {
    const rule = this.#rule(route);
    if (JSON.stringify(rule.actions) === before) return;
    const parsed: FakeAction[] = JSON.parse(before);
    rule.actions = parsed;
    this.#reach(rule);
  }

  async setGreenPercent(route: RouteRef, percent: number, deadlineMs: number): Promise<void> {
    const rule = this.#rule(route);
    if (this.#clock.nowMs() > deadlineMs)
      throw new CutoverFailure('late-write', 'not sent', { resource: nameOfPlace(route) });
    const arns = forwardOf(rule).map(({ arn }) => arn);
    if (!arns.includes(route.greenTargetGroupArn) || !arns.includes(route.blueTargetGroupArn))
      misshapen(rule, 'does not name both colours');
    await this.#land('router.setGreenPercent');
    this.#write(rule, route, percent);
  }

  async sendAllToBlue(route: RouteRef, deadlineMs: number): Promise<void> {
    const rule = this.#rule(route);
    if (this.#clock.nowMs() > deadlineMs)
      throw new CutoverFailure('late-write', 'not sent', { resource: nameOfPlace(route) });
    await this.#land('router.sendAllToBlue');
    const known = [route.blueTargetGroupArn, route.greenTargetGroupArn];
    const groups = forwardOf(rule);
    const asWeLeftIt = groups.length === 2 && groups.every(({ arn }) => known.includes(arn));
    if (asWeLeftIt && stickySecondsOf(rule) === null) {
      this.#write(rule, route, 0);
      return;
    }
    stick(rule, null);
    replaceForward(rule, [{ arn: route.blueTargetGroupArn, weight: 1 }]);
    this.#reach(rule);
  }

  /** Somebody makes sessions stick. */
  stick(blueTargetGroupArn: string, seconds: number): void {
    stick(this.ruleOfBlue(blueTargetGroupArn), seconds);
  }

  /** Somebody else writes the rule. */
  meddle(blueTargetGroupArn: string, groups: ReturnType<typeof forwardOf>): void {
    const rule = this.ruleOfBlue(blueTargetGroupArn);
    replaceForward(rule, groups);
    this.#reach(rule);
  }

  /** Somebody leads every rule to blue alone, as a capsule does. */
  takeGreenOff(): void {
    for (const { blueTargetGroupArn: arn } of this.rules) this.meddle(arn, [{ arn, weight: 1 }]);
  }

  async wayBack(route: RouteRef): Promise<WayBack> {
    return fakeWayBack(this.#rule(route), route.blueTargetGroupArn);
  }

  /** All actions at once, as the API itself does. */
  replaceActions(rule: FakeRule, actions: readonly FakeAction[]): void {
    rule.actions = actions;
    this.#reach(rule);
  }

  async readGreenPercent(route: RouteRef): Promise<number | null> {
    if (this.readOverride !== null) return this.readOverride(route);
    return percentOf(this.#rule(route));
  }

  async removeBlue(route: RouteRef): Promise<void> {
    const rule = this.#rule(route);
    const groups = forwardOf(rule);
    if (!groups.some(({ arn }) => arn === route.greenTargetGroupArn))
      misshapen(rule, 'names no green');
    const blue = groups.find(({ arn }) => arn === route.blueTargetGroupArn);
    if (blue === undefined) return;
    if (blue.weight > 0)
      throw new CutoverFailure('not-idle', 'blue has weight', {
        resource: nameOfPlace(rule.place),
      });
    replaceForward(rule, [{ arn: route.greenTargetGroupArn, weight: 1 }]);
    this.#reach(rule);
  }

  async open(
    route: RouteRef,
    header: FakeDoor['header'],
    tags: FakeDoor['tags'],
  ): Promise<{ readonly host: string | null } | null> {
    const rule = this.#rule(route);
    if (route.with === 'nlb') return null;
    await this.close(route, tags);
    const opensAtMs = this.#clock.nowMs() + this.propagationMs;
    this.doors.push({ place: nameOfPlace(rule.place), header, tags, opensAtMs });
    return { host: new URL(rule.frontDoorUrl).hostname };
  }

  async close(route: RouteRef, tags: FakeDoor['tags']): Promise<void> {
    const kept = this.doors.filter(
      (door) => door.place !== nameOfPlace(route) || !isTagged(door, tags),
    );
    this.doors.splice(0, this.doors.length, ...kept);
  }

  async readHealth(_access: unknown, targetGroupArn: string): Promise<TargetCounts> {
    this.#assertGroup(targetGroupArn);
    const counts = this.healthOf(targetGroupArn);
    return { ...counts, healthyByZone: spread(counts.healthy, this.zones) };
  }

  async readSettings(
    _access: unknown,
    { targetGroupArn }: { readonly targetGroupArn: string },
  ): Promise<TargetGroupSettings> {
    this.#assertGroup(targetGroupArn);
    const zones = this.crossesZones ? [] : this.zones;
    const { crossesZones, slowStartSeconds, deregistrationDelaySeconds } = this;
    return { crossesZones, zones, slowStartSeconds, deregistrationDelaySeconds };
  }

  /** Targets come from bindings alone: while one is there, its controller registers them again at once. */
  async deregisterAll(
    _access: unknown,
    targetGroupArn: string,
  ): Promise<{ readonly leaving: number }> {
    this.#assertGroup(targetGroupArn);
    const { total } = this.#targetsOf(targetGroupArn);
    const leaving = total > 0 ? total : (this.leaving.get(targetGroupArn) ?? 0);
    this.leaving.set(targetGroupArn, Math.max(0, leaving - 1));
    return { leaving };
  }

  #assertGroup(targetGroupArn: string): void {
    const known = this.rules.some(
      (rule) =>
        rule.blueTargetGroupArn === targetGroupArn || rule.greenTargetGroupArn === targetGroupArn,
    );
    if (!known) missing(targetGroupArn);
  }

  healthOf(targetGroupArn: string): Counted {
    const counts = this.#targetsOf(targetGroupArn);
    const named = this.rules.some(
      (rule) => hasOwnFrontDoors(rule) || forwardOf(rule).some(({ arn }) => arn === targetGroupArn),
    );
    if (!named) return { healthy: 0, total: counts.total };
    const byHand = this.healthyByHand.get(targetGroupArn);
    return byHand === undefined
      ? counts
      : { healthy: byHand, total: Math.max(byHand, counts.total) };
  }

  async get(
    url: string,
    options: { readonly headers: Readonly<Record<string, string>> },
  ): Promise<{ readonly status: number }> {
    const elsewhere = this.answers.get(url);
    if (elsewhere !== undefined) return { status: elsewhere };
    const { origin, pathname } = new URL(url);
    const rule = this.rules.find((one) => new URL(one.frontDoorUrl).origin === origin);
    if (rule === undefined) return { status: 0 };
    const now = this.#clock.nowMs();
    const throughDoor = this.doors.some(
      ({ place, header, opensAtMs }) =>
        place === nameOfPlace(rule.place) &&
        opensAtMs <= now &&
        options.headers[header.name] === header.value,
    );
    const colour =
      throughDoor || hasOwnFrontDoors(rule) || rule.greenPercent.at(now) >= 100 ? 'green' : 'blue';
    const arn = colour === 'green' ? rule.greenTargetGroupArn : rule.blueTargetGroupArn;
    if (this.healthOf(arn).healthy === 0) return { status: 503 };
    return { status: this.answers.get(`${colour} ${pathname}`) ?? 200 };
  }

  #rule(place: RoutePlace): FakeRule {
    const name = nameOfPlace(place);
    return this.rules.find((rule) => nameOfPlace(rule.place) === name) ?? missing(name);
  }

  #write(rule: FakeRule, route: RouteRef, percent: number): void {
    const green = Math.min(GREATEST_WEIGHT, Math.round((percent * SCALE) / 100));
    const blue = Math.min(GREATEST_WEIGHT, SCALE - Math.round((percent * SCALE) / 100));
    replaceForward(rule, [
      { arn: route.blueTargetGroupArn, weight: blue },
      { arn: route.greenTargetGroupArn, weight: green },
    ]);
    this.#reach(rule);
  }

  #reach(rule: FakeRule): void {
    rule.greenPercent.set(this.#clock.nowMs() + this.propagationMs, percentOf(rule) ?? 0);
  }
}

/** So many targets over zones, the first zones first. */
function spread(targets: number, zones: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    zones.flatMap((zone, index) => {
      const own = Math.floor((targets + zones.length - 1 - index) / zones.length);
      return own > 0 ? [[zone, own]] : [];
    }),
  );
}

/** A name leads to a load balancer of each colour: the door that is asked is green's own. */
function hasOwnFrontDoors({ place }: FakeRule): boolean {
  return place.with === 'route53';
}

function isTagged(door: FakeDoor, tags: FakeDoor['tags']): boolean {
  return Object.entries(tags).every(([name, value]) => door.tags[name] === value);
}

function missing(resource: string): never {
  throw new CutoverFailure('not-found', 'no such resource', { resource });
}
