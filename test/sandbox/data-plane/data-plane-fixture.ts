/** A data plane with one listener, two target groups and pods behind them, with no delays unless a test asks. */
import { Agent, request } from 'undici';
import { DataPlane, type DataPlaneOptions } from '#sandbox/data-plane/data-plane.ts';
import type {
  RoutingAction,
  RoutingRule,
  RoutingTable,
} from '#sandbox/data-plane/routing-table.ts';
import type { TargetGroupSettings } from '#sandbox/data-plane/target-group-settings.ts';
import { eventually } from './eventually.ts';
import { startFakePods, type FakePods } from './fake-pods.ts';

export const LOAD_BALANCER = 'arn:lb/shop';
export const LISTENER = 'arn:listener/shop';
export const BLUE = 'arn:tg/blue';
export const GREEN = 'arn:tg/green';
export const BLUE_PODS = ['10.1.0.1:8080', '10.1.0.2:8080'];
export const GREEN_PODS = ['10.2.0.1:8080', '10.2.0.2:8080'];

interface Answer {
  readonly status: number;
  readonly pod: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Fixture {
  readonly dataPlane: DataPlane;
  readonly pods: FakePods;
  readonly port: number;
  get(path?: string, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export function targetGroupSettings(
  targetGroupArn: string,
  change: Partial<TargetGroupSettings['healthCheck']> = {},
): TargetGroupSettings {
  return {
    targetGroupArn,
    deregistrationDelaySeconds: 10,
    healthCheck: {
      enabled: true,
      protocol: 'HTTP',
      path: '/healthz',
      intervalSeconds: 5,
      timeoutSeconds: 2,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: '200',
      ...change,
    },
  };
}

export function tableOf(rules: readonly RoutingRule[], idleTimeoutMs = 60_000): RoutingTable {
  return {
    loadBalancerArn: LOAD_BALANCER,
    idleTimeoutMs,
    listeners: [{ listenerArn: LISTENER, rules }],
  };
}

export function always(action: RoutingAction): RoutingRule {
  return { ruleArn: 'default', conditions: [], action };
}

export function split(blue: number, green: number, stickySeconds?: number): RoutingRule {
  return always({
    kind: 'forward',
    targetGroups: [
      { targetGroupArn: BLUE, weight: blue },
      { targetGroupArn: GREEN, weight: green },
    ],
    ...(stickySeconds === undefined ? {} : { stickySeconds }),
  });
}

export async function startFixture(options: Partial<DataPlaneOptions> = {}): Promise<Fixture> {
  const pods = await startFakePods([...BLUE_PODS, ...GREEN_PODS]);
  const dataPlane = new DataPlane({
    network: pods.network,
    propagation: { minMs: 0, maxMs: 0 },
    timeScale: 0.01,
    ...options,
  });
  dataPlane.configureTargetGroup(targetGroupSettings(BLUE));
  dataPlane.configureTargetGroup(targetGroupSettings(GREEN));
  for (const pod of BLUE_PODS) dataPlane.targetGroup(BLUE)?.register(parse(pod));
  for (const pod of GREEN_PODS) dataPlane.targetGroup(GREEN)?.register(parse(pod));
  const port = await dataPlane.openListener(LOAD_BALANCER, LISTENER, 0);
  const agent = new Agent({ connections: 16 });
  return {
    dataPlane,
    pods,
    port,
    get: async (path = '/', headers = {}) => {
      const answer = await request(`http://127.0.0.1:${port}${path}`, {
        dispatcher: agent,
        headers,
      });
      const pod = answer.headers['x-pod'];
      return {
        status: answer.statusCode,
        pod: typeof pod === 'string' ? pod : undefined,
        headers: answer.headers,
        body: await answer.body.text(),
      };
    },
    close: async () => {
      await agent.destroy();
      await dataPlane.close();
      await pods.close();
    },
  };
}

export async function healthy(
  fixture: Fixture,
  targetGroupArn: string,
  count: number,
): Promise<void> {
  await eventually(
    `${count} healthy targets in ${targetGroupArn}`,
    () => fixture.dataPlane.targetGroup(targetGroupArn)?.count('healthy') === count,
  );
}

export function parse(target: string): { address: string; port: number } {
  const [address = '', port = '0'] = target.split(':');
  return { address, port: Number(port) };
}
