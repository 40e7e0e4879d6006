/**
 * `npm run chaos -- [--json] [--only TEXT] [--points N] [--seed S] [--lanes N]`: workers die in every activity of every story, before and after
 * its effect and after its answer, and around everything people say; what came of it is counted (docs/chaos.md). Figures go to
 * stdout, with `--json` as one JSON object in the last line; progress to stderr. Exit code 1 when anything is not as it should be.
 */
import { parseArgs } from 'node:util';
import { describeMachine, startBusyMeter } from '../bench/machine.ts';
import { ToolMissingError } from '#sandbox/tools/tool-missing-error.ts';
import { seededRandom } from '#sandbox/data-plane/seeded-random.ts';
import { figuresOf, isWell, showFigures } from './figures.ts';
import { allKillPoints, drawn, nameOf, shareOut, type Job } from './kill-points.ts';
import { runMatrix } from './kill-matrix.ts';
import { TROUBLES } from './troubles.ts';

const EXIT = { ok: 0, wrong: 1, usage: 64 } as const;
/** What one migration may stand still for its deaths. */
const MOST_SECONDS = 480;

interface Options {
  readonly json: boolean;
  /** Kill points and troubles whose name holds this. */
  readonly only: string;
  /** At most so many kill points, drawn, and no other troubles; null: everything. */
  readonly points: number | null;
  readonly seed: number;
  readonly lanes: number;
}

// Seen after a whole run: left to end by itself, Node (24.21) waits for ever and at full speed, probably for a request on a wire that
// was cut (nodejs/node 47748 is of the kind).
process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  const options = optionsIn(args);
  if (typeof options === 'string') {
    say(options);
    return EXIT.usage;
  }
  const named = allKillPoints().filter((point) => nameOf(point).includes(options.only));
  const random = seededRandom(options.seed, 'kill points');
  const points = drawn(named, options.points ?? named.length, random);
  const killed = shareOut(points, MOST_SECONDS);
  // A sample is one of kill points.
  const troubles = options.points === null ? troubled(killed.length, options.only) : [];
  // The longest first.
  const jobs = [...troubles, ...killed];
  if (jobs.length === 0) {
    say(`no kill point and no trouble is named ${JSON.stringify(options.only)}`);
    return EXIT.usage;
  }
  say(`machine: ${describeMachine()}`);
  say(
    `${points.length} kill points in ${killed.length} migrations, ${troubles.length} migrations with other troubles, ${options.lanes} side by side`,
  );
  const busyPercent = startBusyMeter();
  try {
    const endings = await runMatrix({ ...options, jobs, say });
    const figures = figuresOf(endings);
    say(`cores in use by everybody: ${busyPercent()} %`);
    process.stdout.write(
      options.json ? `${JSON.stringify(figures)}\n` : showFigures(figures, endings),
    );
    return isWell(figures) ? EXIT.ok : EXIT.wrong;
  } catch (cause) {
    if (!(cause instanceof ToolMissingError)) throw cause;
    say(cause.message);
    return EXIT.wrong;
  }
}

function troubled(jobsBefore: number, only: string): readonly Job[] {
  return TROUBLES.filter(({ name }) => name.includes(only)).map((trouble, index) => {
    const number = jobsBefore + index + 1;
    return { number, story: trouble.story, points: [], trouble, attempt: 1 };
  });
}

function optionsIn(args: readonly string[]): Options | string {
  const allowed = '--json, --only TEXT, --points N, --seed S, --lanes 1–20';
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        points: { type: 'string' },
        seed: { type: 'string', default: '1' },
        lanes: { type: 'string', default: '20' },
      },
    });
    const { only, json } = values;
    const points = values.points === undefined ? null : Number(values.points);
    const [seed, lanes] = [values.seed, values.lanes].map(Number);
    const isCount = (value: number | undefined, most: number): value is number =>
      value !== undefined && Number.isInteger(value) && value >= 1 && value <= most;
    const isSample = points === null || isCount(points, 100_000);
    if (isSample && isCount(seed, 1_000_000) && isCount(lanes, 20))
      return { json, only, points, seed, lanes };
    return `wrong usage; allowed: ${allowed}`;
  } catch (cause) {
    return `${cause instanceof Error ? cause.message : String(cause)}; allowed: ${allowed}`;
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
