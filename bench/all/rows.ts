/**
 * What a reader wants to know of each bench: our figure, the other side's, and their ratio. Pure; a figure that is not there
 * makes no row.
 */
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { peerFigures } from '../rollback/peers.ts';
import { LIMITS } from '../scale/figures.ts';

export interface Row {
  readonly what: string;
  readonly ours: number;
  readonly other: number;
  readonly unit: string;
  /** Who or what the other side is. */
  readonly against: string;
}

/** Of the bench's last line, by the bench's name. */
export const ROWS: Readonly<Record<string, (figures: Fields) => readonly Row[]>> = {
  judgement: (figures) =>
    rows([
      [
        'healthy shifts sent back',
        figures,
        figures['at20Points'],
        ['falseRollbackRate'],
        'share',
        'the same with 20 points a side instead of 60',
      ],
      [
        'bad shifts missed (20 % slower, or 1 point more errors)',
        figures,
        figures['at20Points'],
        ['missedRate'],
        'share',
        'the same with 20 points a side instead of 60',
      ],
    ]),
  overhead: ({ engineSeconds, scriptSeconds }) =>
    typeof engineSeconds === 'number' && typeof scriptSeconds === 'number'
      ? [
          {
            what: 'a whole migration, calls that both sides make',
            ours: engineSeconds,
            other: scriptSeconds,
            unit: 's',
            against: 'a bare script with the same calls, not durable',
          },
        ]
      : [],
  preflight: ({ objects, releases, rawListSeconds, preflightSeconds }) =>
    typeof rawListSeconds === 'number' && typeof preflightSeconds === 'number'
      ? [
          {
            what: `preflight of ${String(objects)} objects and ${String(releases)} Helm releases`,
            ours: preflightSeconds,
            other: rawListSeconds,
            unit: 's',
            against: 'listing the same objects and doing nothing with them',
          },
        ]
      : [],
  rollback: (figures) => [...detection(figures), ...manyRules(figures)],
  scale: (figures) => {
    const { few, migrations } = figures;
    const many = `at ${String(migrations)} migrations`;
    const verdictToWeights = `verdict → weights set, p99, ${many}`;
    return rows([
      [
        verdictToWeights,
        figures,
        { verdictToWeightsSeconds: { p99: LIMITS.verdictToWeightsSeconds } },
        ['verdictToWeightsSeconds', 'p99'],
        's',
        'the most that is allowed',
      ],
      [
        `memory that the worker held ${many}`,
        figures,
        LIMITS,
        ['workerRssMb'],
        'MB',
        'the most that is allowed',
      ],
      [
        verdictToWeights,
        figures,
        few,
        ['verdictToWeightsSeconds', 'p99'],
        's',
        `the same at ${String(fieldsOf(few)['migrations'])} migrations`,
      ],
    ]);
  },
};

function detection(figures: Fields): readonly Row[] {
  const [interval, detect] = [figures['intervalSeconds'], at(figures, ['detectSeconds', 'p50'])];
  if (typeof interval !== 'number' || detect === null) return [];
  return [
    ...peerFigures(interval).map(({ peer, setting, detectSeconds }): Row => ({
      what: 'first bad answer → decision, p50',
      ours: detect,
      other: detectSeconds,
      unit: 's',
      against: `${peer}, ${setting} (computed from its documentation, not run)`,
    })),
    ...rows([
      [
        'first bad answer → decision, p50, with a source at 5 s',
        figures,
        figures['albOnly'],
        ['detectSeconds', 'p50'],
        's',
        "ours by the load balancer's own metrics alone",
      ],
    ]),
  ];
}

function manyRules({ rules }: Fields): readonly Row[] {
  const all: readonly unknown[] = Array.isArray(rules) ? rules : [];
  return all.map(fieldsOf).flatMap((one): readonly Row[] => {
    const ours = one['verdictToWeightsSeconds'];
    const other = one['apiAllowsAtBestSeconds'];
    if (typeof ours !== 'number' || typeof other !== 'number') return [];
    const what = `verdict → weights of all ${String(one['rules'])} rules accepted`;
    return [{ what, ours, other, unit: 's', against: "what the API's rate limit allows at best" }];
  });
}

/** The same figure of two sides. */
function rows(
  all: readonly (readonly [
    what: string,
    ours: unknown,
    other: unknown,
    path: readonly string[],
    unit: string,
    against: string,
  ])[],
): readonly Row[] {
  return all.flatMap(([what, oneSide, otherSide, path, unit, against]) => {
    const [ours, other] = [at(oneSide, path), at(otherSide, path)];
    return ours === null || other === null ? [] : [{ what, ours, other, unit, against }];
  });
}

function at(value: unknown, path: readonly string[]): number | null {
  const found = path.reduce<unknown>((inner, name) => fieldsOf(inner)[name], value);
  return typeof found === 'number' ? found : null;
}
