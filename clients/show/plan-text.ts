import { formatDurationSeconds } from '#domain/plan/durations.ts';
import { addonTable } from '../certify/certify-report.ts';
import { limitOf, subjectOf } from './guardrail-text.ts';
import type { Colors } from './output.ts';
import type { PlanView } from './plan-view.ts';
import { indented, table } from './table.ts';

/** A plan's view for people: the story with its gates, every weight, every limit, and the way back. */
export function planText(view: PlanView, colors: Colors): string {
  return [
    heading(view, colors),
    section('Story', story(view, colors), colors),
    section('Add-ons', addons(view, colors), colors),
    section('Traffic', traffic(view, colors), colors),
    section('Guard, whenever green has users', guardrails(view, colors), colors),
    ...(view.compare.length === 0
      ? []
      : [
          section(
            'Judge, at the end of each step and of the soak: green with blue',
            comparisons(view, colors),
            colors,
          ),
        ]),
    section('What a rollback does', rollback(view, colors), colors),
    `Start it with ${colors.bold('cutover start <this file>')}; nothing has been changed or asked so far.`,
  ].join('\n\n');
}

function heading(view: PlanView, colors: Colors): string {
  return [
    `${colors.bold(view.plan)}: ${colors.blue(view.blue)} → ${colors.green(view.green.cluster)} (Kubernetes ${view.green.version}, made ${view.green.made})`,
    colors.dim(`account ${view.account}, ${view.region}; workflow id ${view.workflowId}`),
    colors.dim(`digest ${view.planDigest}`),
  ].join('\n');
}

function section(title: string, body: string, colors: Colors): string {
  return `${colors.bold(title)}\n${indented(body)}`;
}

function story(view: PlanView, colors: Colors): string {
  const rows = view.story.map((item) => {
    if (item.kind === 'phase') return [item.name, item.does];
    const { name, quorum, approvers, notRequester, expiresSeconds, onExpiry } = item;
    const people = `${quorum} of ${approvers.join(', ')}${notRequester ? ', not the requester' : ''}`;
    return [
      colors.yellow(`◆ gate ${name}`),
      colors.yellow(`${people}; after ${formatDurationSeconds(expiresSeconds)}: ${onExpiry}`),
    ];
  });
  return table(['phase', 'what happens'], rows, colors);
}

function addons(
  { addons: { choose, pinned, certified, probesIn }, green }: PlanView,
  colors: Colors,
) {
  const chosen =
    choose === 'default' ? `EKS’s default for ${green.version}` : `the latest for ${green.version}`;
  const names = pinned.map(({ addon, version }) => `${addon} ${version}`);
  const rows = (certified ?? []).map((row) => ({ ...row, row }));
  const known = new Set(rows.map(({ addon, version }) => `${addon} ${version}`));
  const all = [
    ...pinned.filter(({ addon, version }) => !known.has(`${addon} ${version}`)),
    ...rows,
  ];
  return [
    `blue’s, in ${chosen}${names.length === 0 ? '' : `; pinned: ${names.join(', ')}`}`,
    probesIn === null
      ? colors.yellow('not tested: the plan names no image for probes (addons.probes)')
      : `tested by Jobs of ${probesIn} before anything depends on them`,
    ...(certified === null
      ? [colors.dim('no matrix of certified versions: `cutover certify <this file>` makes one')]
      : [`certified on ${green.version}; a version that is not listed was never tried`]),
    ...(all.length === 0 ? [] : [addonTable(all, colors)]),
  ].join('\n');
}

function traffic(view: PlanView, colors: Colors): string {
  const rows = view.steps.map((step) => [
    String(step.index + 1),
    step.group,
    step.routeIds.join(', '),
    colors.green(`${step.percent} %`),
    formatDurationSeconds(step.bakeSeconds),
    notesOf(step, view.compare.length > 0).join('; '),
  ]);
  const waits = `then soak ${formatDurationSeconds(view.soakSeconds)} and prove blue idle for ${formatDurationSeconds(view.quietSeconds)}: at least ${formatDurationSeconds(view.leastWaitSeconds)} of waiting in all`;
  const lines = [waits, ...view.byDns.map(dnsLine)].map((line) => colors.dim(line));
  return [table(['step', 'group', 'routes', 'green', 'bake', ''], rows, colors), ...lines].join(
    '\n',
  );
}

function dnsLine({ routeId, name, ttlSeconds }: PlanView['byDns'][number]): string {
  const ttl = ttlSeconds === null ? "its record's TTL" : `${ttlSeconds} s (an alias's TTL)`;
  return `route ${routeId} moves by DNS: users of ${name} follow a step or a rollback after ${ttl} at the soonest, later where answers are kept for longer`;
}

function notesOf(step: PlanView['steps'][number], compares: boolean): readonly string[] {
  return [
    ...(step.handOver ? ['singletons change sides'] : []),
    ...(step.weightPercent < step.percent
      ? [`${step.weightPercent} % until the soak is over: blue is kept warm`]
      : []),
    ...(compares && step.judged.length === 0
      ? ["guarded, not judged: the bake holds too few of the sources' periods"]
      : []),
  ];
}

function guardrails(view: PlanView, colors: Colors): string {
  const rows = view.guardrails.flatMap((guardrail, index) => {
    const detection = view.detection[index];
    if (detection === undefined) return [];
    const { rule, withinSeconds, catastropheSeconds, plus, exposureSeconds } = detection;
    const within = [catastropheSeconds, withinSeconds].map(formatDurationSeconds);
    return [
      [
        guardrail.metric,
        subjectOf(guardrail),
        limitOf(guardrail),
        rule,
        `${[...new Set(within)].join(' to ')}${plus === null ? '' : ` plus ${plus}`}`,
        formatDurationSeconds(exposureSeconds),
      ],
    ];
  });
  const note = `at worst: from the first bad response to the verdict (a catastrophe first), and until nobody meets it any more, if the rollback keeps its promise of ${formatDurationSeconds(view.promise.rollbackWithinSeconds)}`;
  const head = ['metric', 'of', 'limit', 'rule', 'seen within', 'over within'];
  return `${table(head, rows, colors)}\n${colors.dim(note)}`;
}

function comparisons(view: PlanView, colors: Colors): string {
  const rows = view.compare.map((item) => [
    item.metric,
    item.from,
    `${item.direction}${item.allowedIncrease === undefined ? '' : ` up to ×${item.allowedIncrease}`}`,
    item.critical ? 'fails the step alone' : '',
  ]);
  return table(['metric', 'from', 'bad is', ''], rows, colors);
}

function rollback(view: PlanView, colors: Colors): string {
  const promise = `all new requests on blue within ${formatDurationSeconds(view.promise.rollbackWithinSeconds)}, long connections shed within ${formatDurationSeconds(view.promise.shedWithinSeconds)}; green is ${view.greenAfterRollback === 'keep' ? 'kept for inspection' : 'deleted'}`;
  const capsule = `written down before each step, for \`cutover rollback --break-glass\`, in ${view.capsule}`;
  const rows = view.rollback.flatMap(({ during, does }) => {
    const lines = does.length === 0 ? ['nothing to undo'] : does;
    return lines.map((line, index) => [index === 0 ? during.join(', ') : '', line]);
  });
  return `${table(['requested in', 'does'], [...rows, ['retire', 'is refused: blue is being removed']], colors)}\n${colors.dim(`${promise}\n${capsule}`)}`;
}
