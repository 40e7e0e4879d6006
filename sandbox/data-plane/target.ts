/**
 * One registered target and its way through `initial → healthy ⇄ unhealthy → draining → gone`, with the names of
 * DescribeTargetHealth (docs: application/target-group-health-checks.html). A pure state machine over probe results: it
 * owns no timer and asks nobody. Invariants: one passed probe is enough for a new target, afterwards the thresholds rule;
 * a draining target never becomes anything else but gone or, registered again, initial. Driven by target-group.ts.
 */
import { assertNever } from '#domain/assert-never.ts';
import type { HealthCheckSettings } from './target-group-settings.ts';
import type { TargetAddress } from './target-network.ts';

type TargetState = 'unused' | 'initial' | 'healthy' | 'unhealthy' | 'draining';

type TargetReason =
  | 'Target.NotInUse'
  | 'Elb.RegistrationInProgress'
  | 'Elb.InitialHealthChecking'
  | 'Target.ResponseCodeMismatch'
  | 'Target.Timeout'
  | 'Target.FailedHealthChecks'
  | 'Target.DeregistrationInProgress';

export interface TargetHealth {
  readonly state: TargetState;
  readonly reason?: TargetReason;
  readonly description?: string;
}

export type ProbeResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'wrong-code'; readonly statusCode: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'failed'; readonly detail: string };

const NOT_IN_USE: TargetHealth = {
  state: 'unused',
  reason: 'Target.NotInUse',
  description: 'Target group is not configured to receive traffic from the load balancer',
};
const REGISTERING: TargetHealth = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
};
const CHECKING: TargetHealth = {
  state: 'initial',
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
};
const DRAINING: TargetHealth = {
  state: 'draining',
  reason: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
};

export class Target {
  readonly address: TargetAddress;
  #health: TargetHealth;
  #passesInRow = 0;
  #failuresInRow = 0;

  constructor(address: TargetAddress, inUse: boolean) {
    this.address = address;
    this.#health = inUse ? REGISTERING : NOT_IN_USE;
  }

  get health(): TargetHealth {
    return this.#health;
  }

  /** The group came into use, or the target was registered again: everything starts anew. */
  begin(): void {
    this.#restart(REGISTERING);
  }

  /** No rule names the group any more. */
  rest(): void {
    if (this.#health.state !== 'draining') this.#restart(NOT_IN_USE);
  }

  drain(): void {
    this.#restart(DRAINING);
  }

  /** The load balancer knows the target now and its first probe is under way. */
  firstProbe(): void {
    if (this.#health === REGISTERING) this.#health = CHECKING;
  }

  /** Health checks are switched off: every registered target counts as healthy. */
  assumeHealthy(): void {
    if (this.#health.state !== 'draining') this.#health = { state: 'healthy' };
  }

  probed(result: ProbeResult, settings: HealthCheckSettings): void {
    const { state } = this.#health;
    if (state === 'draining' || state === 'unused') return;

    if (result.kind === 'passed') {
      this.#failuresInRow = 0;
      this.#passesInRow += 1;
      const needed = state === 'unhealthy' ? settings.healthyThreshold : 1;
      if (this.#passesInRow >= needed) this.#health = { state: 'healthy' };
      return;
    }
    this.#passesInRow = 0;
    this.#failuresInRow += 1;
    if (this.#failuresInRow >= settings.unhealthyThreshold) this.#health = unhealthy(result);
  }

  #restart(health: TargetHealth): void {
    this.#health = health;
    this.#passesInRow = 0;
    this.#failuresInRow = 0;
  }
}

function unhealthy(result: Exclude<ProbeResult, { kind: 'passed' }>): TargetHealth {
  switch (result.kind) {
    case 'wrong-code':
      return {
        state: 'unhealthy',
        reason: 'Target.ResponseCodeMismatch',
        description: `Health checks failed with these codes: [${result.statusCode}]`,
      };
    case 'timed-out':
      return { state: 'unhealthy', reason: 'Target.Timeout', description: 'Request timed out' };
    case 'failed':
      return {
        state: 'unhealthy',
        reason: 'Target.FailedHealthChecks',
        description: 'Health checks failed',
      };
    default:
      return assertNever(result);
  }
}
