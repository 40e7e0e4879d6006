/**
 * `npm run bench [-- all [--only NAME,…]]`: runs the benches one after the other, each in a process of its own, keeps what they came to in
 * `bench/results.json` and writes the README's table anew. Benches that do not run keep their last result, with its date. Exit
 * code 1 when one of them failed; its result is kept all the same.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, startBusyMeter } from '../machine.ts';
import { tableOf, withTable } from './markdown.ts';
import { keepResult, lastObject, readResults } from './results.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const USAGE = 64;

export async function all(args: readonly string[], names: readonly string[]): Promise<number> {
  const chosen = chosenBy(args, names);
  if (typeof chosen === 'string') {
    process.stderr.write(`${chosen}\n`);
    return USAGE;
  }
  let exitCode = 0;
  for (const [index, name] of chosen.entries()) {
    process.stderr.write(`bench ${index + 1} of ${chosen.length}: ${name}\n`);
    exitCode = Math.max(exitCode, await runOne(name));
  }
  const table = tableOf(await readResults());
  await writeFile(README, withTable(await readFile(README, 'utf8'), table));
  process.stdout.write(`${table}\n`);
  return exitCode;
}

/** Which benches to run, or what is wrong. */
function chosenBy(args: readonly string[], names: readonly string[]): readonly string[] | string {
  try {
    const { values } = parseArgs({ args: [...args], options: { only: { type: 'string' } } });
    if (values.only === undefined) return names;
    const only = values.only.split(',');
    const unknown = only.find((name) => !names.includes(name));
    if (unknown === undefined) return names.filter((name) => only.includes(name));
    return `there is no bench ${JSON.stringify(unknown)}; allowed: ${names.join(', ')}`;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

async function runOne(name: string): Promise<number> {
  const date = new Date().toISOString().slice(0, 10);
  const startedMs = performance.now();
  const busy = startBusyMeter();
  const child = spawn(process.execPath, [MAIN, name, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout) output += String(chunk);
  await exited;
  const exitCode = child.exitCode ?? 1;
  const figures = lastObject(output);
  if (figures === null) {
    process.stderr.write(`${name} ended with exit code ${exitCode} and without figures\n`);
    return 1;
  }
  await keepResult(name, {
    command: `npm run bench -- ${name} --json`,
    date,
    machine: describeMachine(),
    busyPercent: busy(),
    minutes: Math.round((performance.now() - startedMs) / 6_000) / 10,
    exitCode,
    figures,
  });
  return exitCode;
}
