import { readFileSync } from 'node:fs';
import { ZodError } from 'zod';
import { parseIngressNote } from '#activities/adapters/aws/ingress-note.ts';
import { parseForward } from '#activities/adapters/aws/ingress-action.ts';
import { readDnsNote } from '#activities/adapters/aws/dns-note.ts';
import { actionOfNote } from '#activities/adapters/aws/forward-action.ts';
import { parseRenumbering } from '#activities/adapters/aws/rule-priorities.ts';
import { decodeAnswer } from '#activities/adapters/dns/dns-message.ts';
import { parseAskedApi } from '#activities/adapters/kubernetes/asked-apis.ts';
import { parseObject, parsePage } from '#activities/adapters/kubernetes/kubernetes-objects.ts';
import { readHelmRelease } from '#activities/adapters/manifests/helm-release.ts';
import { manifestObjects } from '#activities/adapters/manifests/manifest-objects.ts';
import { parseCanaryConfig } from '#clients/judge/canary-config.ts';
import { parseSamples } from '#clients/judge/samples-csv.ts';
import { memoryIn } from '#activities/guard/guard-memory.ts';
import { formatProblems, parsePlan, type PlanFileProblem } from '#clients/plan-file.ts';
import { draftText } from '#clients/init/draft-text.ts';
import { createOutput, plain } from '#clients/show/output.ts';
import { planText } from '#clients/show/plan-text.ts';
import { planView } from '#clients/show/plan-view.ts';
import { parseAddonMatrix } from '#domain/addon-matrix/parse-addon-matrix.ts';
import { reportIn } from '#domain/capsule/break-glass-report.ts';
import { askedFindings } from '#domain/preflight/asked-apis.ts';
import { judgeObject } from '#domain/api-removals/judge-object.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { capsuleCommands } from '#domain/capsule/capsule-commands.ts';
import { capsuleText } from '#domain/capsule/capsule.ts';
import { parseDurationMs } from '#domain/plan/durations.ts';
import { areAsLeft, foreignEdit } from '#domain/traffic/foreign-edits.ts';
import { knownWeightsIn } from '#domain/traffic/known-weights.ts';
import { applyMessage } from '#domain/migration/message-reducer.ts';
import { parseMessage, VERBS } from '#domain/migration/messages.ts';
import { searchIn } from '#domain/capsule/orphans.ts';
import { parsePercentage } from '#domain/plan/percentages.ts';
import { parsePlanChanges } from '#domain/amendment/parse-plan-changes.ts';
import { draftPlan } from '#domain/plan-draft/draft-plan.ts';
import { inventoryIn } from '#clients/init/read-inventory.ts';
import { statusView } from '#domain/migration/status-view.ts';
import { capsuleOf } from '#test/domain/capsule/capsules.ts';
import { inventoryOf } from '#test/domain/plan-draft/inventories.ts';
import { smallestPlan } from '#test/domain/plan/plan-builder.ts';
import { gate, LATER, SPEC, stateWith } from '#test/domain/states.ts';
import { helmSecret } from '#test/support/helm-secret.ts';
import {
  ACTION,
  CANARY,
  CHANGES,
  MATRIX_ROW,
  DNS_ANSWER,
  FORWARD,
  MESSAGES,
  RECORD,
  REPORT,
  RULE_ROUTE,
  SEARCH,
} from './corpus.ts';
import type { FuzzTarget } from './fuzz.ts';
import { OBJECT_CORPUS, readAsEverything } from './objects.ts';

/**
 * Every parser of the product: what people, files, other programs and APIs say to it. A parser whose name is not here fails
 * `fuzz.test.ts`.
 */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'parsePlan',
    takes: 'text',
    corpus: [...examplePlans(), JSON.stringify(smallestPlan())],
    read: (text) => {
      const result = parsePlan(text, 'plan.yaml');
      if (result.kind === 'invalid') return expectReadable(result.problems);
      planText(planView(result.plan), createOutput({ output: 'table', color: false }).colors);
    },
  },
  {
    name: 'inventoryIn',
    takes: 'text',
    corpus: [JSON.stringify(inventoryOf())],
    read: (text) => {
      const inventory = inventoryIn(text);
      if (inventory === null) return;
      const draft = draftPlan(inventory, { version: '1.36', green: 'shop-green' });
      parsePlan(draftText(draft), 'plan.yaml');
    },
  },
  {
    name: 'knownWeightsIn',
    takes: 'json',
    corpus: [{ expected: { web: [50, 100] }, greenSince: '2026-11-26T10:00:00.000Z' }],
    read: (answer) => {
      const { expected = {} } = knownWeightsIn(answer) ?? {};
      const found = new Map([['web', 50]]);
      areAsLeft(expected, found);
      foreignEdit(expected, found);
    },
  },
  {
    name: 'memoryIn',
    takes: 'json',
    corpus: [{ freshMs: 1, greenSinceMs: 1, audibleSinceMs: null, lookedMs: 1, lookedIn: 2 }],
    read: (heartbeat) => {
      const numbers: readonly unknown[] = Object.values(memoryIn(heartbeat) ?? {});
      if (!numbers.every((one) => one === null || typeof one === 'number'))
        throw new Error(`remembered ${JSON.stringify(numbers)}`);
    },
  },
  {
    name: 'manifestObjects',
    takes: 'text',
    corpus: [
      'apiVersion: v1\nkind: Pod\n---\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\n',
      JSON.stringify({ kind: 'List', items: [helmSecret({ manifest: 'kind: Pod\n' })] }),
    ],
    read: (text) => {
      const { objects, unreadable } = manifestObjects(text);
      for (const { object } of objects) judgeObject(object, { from: '1.24', to: '1.36' });
      for (const { why } of unreadable) expectPlainText(plain(why));
    },
  },
  {
    name: 'judgeObject',
    takes: 'json',
    corpus: [
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: {
          annotations: {
            'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"policy/v1beta1"}',
          },
          managedFields: [{ manager: 'helm', apiVersion: 'policy/v1beta1' }],
        },
      },
      helmSecret({ manifest: 'kind: Pod\n' }),
    ],
    read: (object) => {
      judgeObject(object, { from: '1.24', to: '1.36' });
      readHelmRelease(object);
    },
  },
  {
    name: 'parseMessage',
    takes: 'json',
    corpus: MESSAGES,
    read: (body) => {
      const parsed = parseMessage(body);
      if (!parsed.ok) return expectPlainText(parsed.problem);
      const state = stateWith({ gates: { shift: gate() } });
      for (const verb of VERBS) {
        const reduced = applyMessage(state, verb, parsed.message, { at: LATER, spec: SPEC });
        JSON.stringify(statusView(reduced.state, SPEC));
      }
    },
  },
  {
    name: 'parsePlanChanges',
    takes: 'json',
    corpus: CHANGES,
    read: (value) => {
      const parsed = parsePlanChanges(value);
      if (!parsed.ok) expectPlainText(parsed.problem);
    },
  },
  {
    name: 'parseAddonMatrix',
    takes: 'json',
    corpus: [{ rows: [MATRIX_ROW] }, { rows: [] }],
    read: (value) => {
      const parsed = parseAddonMatrix(value);
      if (parsed.kind === 'invalid') return parsed.problems.forEach(expectPlainText);
      const again = parseAddonMatrix(JSON.parse(JSON.stringify(parsed.matrix)));
      expectSame(JSON.stringify(parsed.matrix), () =>
        again.kind === 'valid' ? JSON.stringify(again.matrix) : '',
      );
    },
  },
  {
    name: 'parseCapsule',
    takes: 'text',
    corpus: [capsuleText(capsuleOf())],
    read: (text) => {
      const parsed = parseCapsule(text);
      if (!parsed.ok) return parsed.problems.forEach(expectPlainText);
      expectSame(capsuleText(parsed.capsule), () => {
        const again = parseCapsule(capsuleText(parsed.capsule));
        return again.ok ? capsuleText(again.capsule) : again.problems.join('; ');
      });
      capsuleCommands(parsed.capsule).forEach(expectPlainText);
    },
  },
  {
    name: 'parseCanaryConfig',
    takes: 'text',
    corpus: [JSON.stringify(CANARY)],
    read: (text) => {
      const result = parseCanaryConfig(text, 'canary.json');
      if (result.kind === 'invalid') expectReadable(result.problems);
    },
  },
  {
    name: 'parseSamples',
    takes: 'text',
    corpus: ['errors,latency\n1,2\n,3\nNaN,4e2\n', '"a ""b""",c\r\n"1",-2.5\r\n', 'only\n1\n\n2\n'],
    read: (text) => {
      const result = parseSamples(text, 'a.csv');
      if (result.kind === 'invalid') expectReadable(result.problems);
    },
  },
  {
    name: 'parseDurationMs',
    takes: 'text',
    corpus: ['1h30m', '10s', '250ms', '14d'],
    read: (text) => expectWholeOrNothing(parseDurationMs(text)),
  },
  {
    name: 'parsePercentage',
    takes: 'text',
    corpus: ['0%', '12.5%', '100%'],
    read: (text) => {
      const percent = parsePercentage(text);
      if (percent !== undefined && !(percent >= 0 && percent <= 100))
        throw new Error(`a percentage of ${percent}`);
    },
  },
  {
    name: 'reportIn',
    takes: 'text',
    corpus: [JSON.stringify(REPORT)],
    read: (text) => void reportIn(text)?.routes.map(({ id, problem }) => `${id}${problem}`),
  },
  {
    name: 'searchIn',
    takes: 'text',
    corpus: [JSON.stringify(SEARCH)],
    read: (text) => void searchIn(text)?.split.flatMap(({ commands }) => commands),
  },
  {
    name: 'parseForward',
    takes: 'text',
    corpus: [JSON.stringify(FORWARD)],
    read: (text) => void parseForward(text, RULE_ROUTE.greenTargetGroupArn),
  },
  {
    name: 'parseIngressNote',
    takes: 'text',
    corpus: [JSON.stringify({ shape: { kind: 'plain', port: { number: 80 } }, forward: ACTION })],
    read: (text) => void parseIngressNote(text, RULE_ROUTE),
  },
  {
    name: 'actionOfNote',
    takes: 'text',
    corpus: [JSON.stringify(ACTION)],
    read: (text) => void actionOfNote(text, RULE_ROUTE),
  },
  {
    name: 'readDnsNote',
    takes: 'text',
    corpus: [JSON.stringify({ record: RECORD, ownership: [RECORD] })],
    read: (text) => void readDnsNote(text, 'shop.example.com.'),
  },
  {
    name: 'parseRenumbering',
    takes: 'text',
    corpus: ['12-40', '1-50000'],
    read: (text) => {
      const read = parseRenumbering(text);
      if (read !== null) [read.first, read.free].forEach(expectWholeOrNothing);
    },
  },
  {
    name: 'decodeAnswer',
    takes: 'text',
    corpus: [DNS_ANSWER],
    read: (text) => void decodeAnswer(Buffer.from(text, 'latin1')),
  },
  {
    name: 'parseObject',
    takes: 'json',
    corpus: OBJECT_CORPUS,
    read: (value) => {
      const object = orWrongShape(() => parseObject(value));
      if (object !== null) readAsEverything(object);
    },
  },
  {
    name: 'parsePage',
    takes: 'json',
    corpus: [
      { apiVersion: 'v1', kind: 'PodList', metadata: { continue: 'x' }, items: OBJECT_CORPUS },
    ],
    read: (value) => {
      const page = orWrongShape(() => parsePage(value));
      page?.objects.forEach(readAsEverything);
    },
  },
  {
    name: 'parseAskedApi',
    takes: 'text',
    corpus: [
      'apiserver_requested_deprecated_apis{group="policy",removed_release="1.35",resource="budgets",subresource="",version="v1beta1"} 1',
    ],
    read: (line) => {
      const api = parseAskedApi(line);
      if (api === null) return;
      const way = { blue: { name: 'shop-blue', version: '1.34' }, targetVersion: '1.36' };
      const found = askedFindings({ kind: 'read', apis: [api] }, [], way);
      for (const { title } of found) expectPlainText(plain(title));
    },
  },
];

/** Adapters turn this into `internal`: an API that does not keep its own word. */
function orWrongShape<Value>(parse: () => Value): Value | null {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof ZodError) return null;
    throw cause;
  }
}

function expectReadable(problems: readonly PlanFileProblem[]): void {
  if (problems.length === 0) throw new Error('refused without a word');
  for (const { line, column } of problems)
    if (!(line >= 1 && column >= 1)) throw new Error(`a problem at ${line}:${column}`);
  formatProblems(problems).split('\n').forEach(expectPlainText);
}

/** One line that no terminal takes for a command. */
function expectPlainText(text: string): void {
  if (text === '' || /[\p{Cc}\p{Bidi_Control}\p{Cs}]/u.test(text))
    throw new Error(`not one line of plain text: ${JSON.stringify(text)}`);
}

function expectSame(text: string, again: () => string): void {
  const second = again();
  if (second !== text) throw new Error(`read again it is ${second}`);
}

function expectWholeOrNothing(value: number | undefined): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0))
    throw new Error(`not a whole number: ${value}`);
}

function examplePlans(): readonly string[] {
  return ['1-default', '2-production', '3-ingress', '4-nlb', '5-route53'].map((name) =>
    readFileSync(new URL(`../../examples/${name}.yaml`, import.meta.url), 'utf8'),
  );
}
