import { encodeQuestion } from '#activities/adapters/dns/dns-message.ts';
import type { BreakGlassReport } from '#domain/capsule/break-glass-report.ts';
import type { OrphanSearch } from '#domain/capsule/orphans.ts';
import { fakeRoute } from '#test/fakes/fake-plan.ts';

/** One right input of each kind, from which wrong ones are made. */

const WEB = fakeRoute('web');

export const RULE_ROUTE = {
  ...WEB,
  access: { account: '111122223333', region: 'eu-west-1' },
} as const;

export const CANARY = {
  name: 'golden signals',
  judge: { name: 'NetflixACAJudge-v1.0', judgeConfigurations: {} },
  metrics: [
    {
      name: 'http errors',
      query: { type: 'prometheus', metricName: 'errors' },
      groups: ['errors'],
      analysisConfigurations: {
        canary: {
          direction: 'increase',
          nanStrategy: 'replace',
          critical: true,
          mustHaveData: true,
          effectSize: { allowedIncrease: 1.1, criticalIncrease: 5 },
          outliers: { strategy: 'remove', outlierFactor: 2 },
        },
      },
    },
    { name: 'latency', groups: ['system'] },
  ],
  classifier: {
    groupWeights: { errors: 60, system: 40 },
    scoreThresholds: { pass: 90, marginal: 60 },
  },
};

export const REPORT: BreakGlassReport = {
  outcome: 'failed',
  routes: [
    {
      id: 'web',
      resource: WEB.ruleArn,
      result: 'failed',
      was: 'elsewhere',
      attempts: 3,
      reasserted: 0,
      seconds: 1.5,
      problem: 'throttled',
    },
  ],
};

export const SEARCH: OrphanSearch = {
  looked: { capsules: 1, routes: 1 },
  split: [
    {
      workflowId: 'migrate/111122223333/eu-west-1/shop-blue',
      id: 'web',
      resource: WEB.ruleArn,
      greenPercent: 50,
      source: '/capsules/shop.json',
      commands: ['cutover rollback'],
    },
  ],
  unreadable: ['ssm:/cutover: access denied'],
};

export const FORWARD = {
  type: 'forward',
  forwardConfig: {
    targetGroups: [
      { serviceName: 'web', servicePort: 80, weight: 75 },
      { targetGroupARN: WEB.greenTargetGroupArn, weight: 25 },
    ],
    targetGroupStickinessConfig: { enabled: true, durationSeconds: 60 },
  },
};

export const ACTION = {
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: [{ TargetGroupArn: WEB.blueTargetGroupArn, Weight: 1 }],
    TargetGroupStickinessConfig: { Enabled: false },
  },
};

export const RECORD = {
  Name: 'shop.example.com.',
  Type: 'A',
  AliasTarget: {
    HostedZoneId: 'Z1',
    DNSName: 'blue.elb.example.com.',
    EvaluateTargetHealth: true,
  },
};

/** Two addresses for a name, the second by a pointer to the question's; characters stand for bytes. */
export const DNS_ANSWER = dnsAnswer().toString('latin1');

function dnsAnswer(): Buffer {
  const question = encodeQuestion(7, 'shop.example.com.', 'A');
  question.writeUInt16BE(0x8400, 2);
  question.writeUInt16BE(2, 6);
  const address = (last: number) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, last]);
  return Buffer.concat([question, address(1), address(2)]);
}

export const MATRIX_ROW: unknown = {
  kubernetes: '1.36',
  addon: 'coredns',
  version: 'v1.14.3-eksbuild.3',
  result: 'passed',
  probes: ['dns-inside'],
  evidence: '',
  date: '2026-11-26',
};

export const CHANGES: readonly unknown[] = [
  { traffic: { groups: { storefront: { steps: [5, 100], bakeSeconds: 60 } } } },
  { analysis: { missingDataSeconds: 120, intervalSeconds: 10 } },
  { soak: { forSeconds: 3_600 }, gates: { shift: { expiresSeconds: 60 } } },
];

const MESSAGE = { id: 'a-1', by: 'ada', reason: 'because' };

export const MESSAGES: readonly unknown[] = [
  { ...MESSAGE, gate: 'shift' },
  { ...MESSAGE, force: true },
  ...CHANGES.map((changes) => ({ ...MESSAGE, changes, basis: 0 })),
];
