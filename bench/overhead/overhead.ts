/**
 * `npm run bench -- overhead [--json] [--script-first]`: what durability costs. One migration by the engine and the same
 * sequence of calls by a bare script, in one run, one after the other, each on a sandbox of the same seed in a process of its own
 * (blue is gone after the first). How calls are compared: `compare.ts`, `engine-calls.ts`, `docs/decisions/0009-overhead-bench.md`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { ToolMissingError } from '#sandbox/tools/tool-missing-error.ts';
import { SANDBOX_TOOLS } from '#sandbox/world/sandbox.ts';
import { describeMachine } from '../machine.ts';
import { PLAN_TOLD } from './bench-plan.ts';
import { parseSideReport, type SideReport } from './calls.ts';
import { pairCalls, reportOf } from './compare.ts';
import { REQUESTS_PER_SECOND, SEED } from './setting.ts';
import { showPairs, showSummary, tellCircumstances } from './show.ts';

const SIDE = fileURLToPath(new URL('side.ts', import.meta.url));

type SideName = 'engine' | 'script';

export async function overhead(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) return 64;
  const directory = await mkdtemp(join(tmpdir(), 'cutover-bench-'));
  try {
    say(`machine: ${describeMachine()}`);
    say(`work: one migration each, ${PLAN_TOLD}; ${REQUESTS_PER_SECOND} requests/s, seed ${SEED}`);
    // Before the first side, whose time it would look like.
    await setUpTools(SANDBOX_TOOLS);
    const { engine, script } = await runBoth(options.scriptFirst, directory);
    const pairs = pairCalls(engine.calls, script.calls);
    const report = reportOf(pairs);
    process.stderr.write(showPairs(pairs));
    say(tellCircumstances(engine, script));
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : showSummary(report));
    return 0;
  } catch (cause) {
    if (!(cause instanceof ToolMissingError)) throw cause;
    say(cause.message);
    return 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function parseOptions(
  args: readonly string[],
): { readonly json: boolean; readonly scriptFirst: boolean } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        'script-first': { type: 'boolean', default: false },
      },
      strict: true,
    });
    return { json: values.json, scriptFirst: values['script-first'] };
  } catch (cause) {
    say(
      `${cause instanceof Error ? cause.message : String(cause)}; allowed: --json, --script-first`,
    );
    return undefined;
  }
}

async function runBoth(
  scriptFirst: boolean,
  directory: string,
): Promise<Readonly<Record<SideName, SideReport>>> {
  say(
    `order: ${scriptFirst ? 'script, then engine' : 'engine, then script'}, each on a sandbox of its own in a fresh process`,
  );
  if (scriptFirst) {
    const script = await runSide('script', directory);
    return { script, engine: await runSide('engine', directory) };
  }
  const engine = await runSide('engine', directory);
  return { engine, script: await runSide('script', directory) };
}

/** Ctrl-C reaches a side by the terminal; any other way of ending us is passed on, so that no sandbox is left. */
async function runSide(name: SideName, directory: string): Promise<SideReport> {
  const file = join(directory, `${name}.json`);
  const child = spawn(process.execPath, [SIDE, name, join(directory, name), file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const end = (): void => void child.kill();
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  try {
    await once(child, 'exit');
  } finally {
    process.off('SIGTERM', end);
    process.off('SIGINT', end);
  }
  if (child.exitCode !== 0) throw new Error(`the ${name}'s side of the bench failed`);
  return parseSideReport(await readFile(file, 'utf8'));
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
