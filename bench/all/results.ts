/** What every bench came to the last time it ran, as `bench/results.json` keeps it. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fieldsOf, isFields, type Fields } from '#domain/json/json-fields.ts';

export interface Result {
  readonly command: string;
  /** Day on which it began, UTC. */
  readonly date: string;
  /** The machine's class. */
  readonly machine: string;
  /** Share of all cores' time that was used meanwhile, by anybody. */
  readonly busyPercent: number;
  readonly minutes: number;
  /** The bench's own; anything but 0 says that a promise of its own was not kept. */
  readonly exitCode: number;
  /** The bench's last line. */
  readonly figures: Fields;
}

export type Results = Readonly<Record<string, Result>>;

const FILE = fileURLToPath(new URL('../results.json', import.meta.url));

/** Empty where there is none yet. */
export async function readResults(): Promise<Results> {
  let text: string;
  try {
    text = await readFile(FILE, 'utf8');
  } catch {
    return {};
  }
  const found: unknown = JSON.parse(text);
  return Object.fromEntries(
    Object.entries(fieldsOf(found)).flatMap(([name, one]) =>
      isResult(one) ? [[name, one] as const] : [],
    ),
  );
}

/** Adds one, or puts it in the place of an older one. */
export async function keepResult(name: string, result: Result): Promise<Results> {
  const all = { ...(await readResults()), [name]: result };
  const inOrder = Object.fromEntries(
    Object.entries(all).toSorted(([one], [other]) => one.localeCompare(other)),
  );
  await writeFile(FILE, `${JSON.stringify(inOrder, null, 2)}\n`);
  return inOrder;
}

/** The last line of an output that is a JSON object; null where there is none. */
export function lastObject(output: string): Fields | null {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function isResult(value: unknown): value is Result {
  const { command, date, machine, busyPercent, minutes, exitCode, figures } = fieldsOf(value);
  return (
    [command, date, machine].every((one) => typeof one === 'string') &&
    [busyPercent, minutes, exitCode].every((one) => typeof one === 'number') &&
    isFields(figures)
  );
}
