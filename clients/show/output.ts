/**
 * Where a command's words go: data on stdout in the format asked for, messages on stderr. Invariants: JSON and YAML
 * carry exactly the data, never colour; text of unknown origin (reasons, names) cannot control the terminal; colour
 * only on a terminal, unless `NO_COLOR`, `FORCE_COLOR` or `--no-color` say otherwise.
 */
import pc from 'picocolors';
import { stringify } from 'yaml';
import { assertNever } from '#domain/assert-never.ts';

export type Format = 'table' | 'json' | 'yaml';
export type Colors = typeof pc;

export interface Output {
  readonly format: Format;
  /** Colours for what goes to stdout. */
  readonly colors: Colors;
  /** Colours for what goes to stderr. */
  readonly messageColors: Colors;
  /** Prints the result: `data` as JSON or YAML, or the table that `render` makes of it. */
  data<Data>(data: Data, render: (data: Data, colors: Colors) => string): void;
  /** One compact JSON object on a line, for streams of data. */
  line(data: unknown): void;
  /** A message for people, on stderr. */
  say(text: string): void;
}

/** From the options every command has: `-o`, and `--no-color`. */
export function createOutput(options: {
  readonly output: Format;
  readonly color: boolean;
}): Output {
  const colors = colorsFor(process.stdout, options.color);
  return {
    format: options.output,
    colors,
    messageColors: colorsFor(process.stderr, options.color),
    data(data, render) {
      process.stdout.write(`${formatted(options.output, data, render, colors)}\n`);
    },
    line(data) {
      process.stdout.write(`${JSON.stringify(data)}\n`);
    },
    say(text) {
      process.stderr.write(`${text}\n`);
    },
  };
}

/** Makes text of unknown origin safe for one line of a terminal. @param longest in characters; what is over is cut */
export function plain(text: string, longest = 300): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ');
}

function formatted<Data>(
  format: Format,
  data: Data,
  render: (data: Data, colors: Colors) => string,
  colors: Colors,
): string {
  switch (format) {
    case 'json':
      return JSON.stringify(data, null, 2);
    case 'yaml':
      return stringify(data, { aliasDuplicateObjects: false }).trimEnd();
    case 'table':
      return render(data, colors);
    default:
      return assertNever(format);
  }
}

function colorsFor(stream: { readonly isTTY?: boolean }, wanted: boolean): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const may = wanted && (NO_COLOR ?? '') === '' && FORCE_COLOR !== '0';
  const can = (FORCE_COLOR ?? '') !== '' || (stream.isTTY === true && TERM !== 'dumb');
  return { ...pc, ...pc.createColors(may && can) };
}
