/**
 * Redraws a block of text in place on a terminal. Invariants: never taller than the screen (what is too tall loses its
 * top, the news are at the bottom), long lines are cut by the terminal instead of wrapping (a wrapped line would spoil
 * the next redraw), and `end` leaves the last frame and a sane terminal behind.
 */
export interface TerminalStream {
  readonly rows?: number;
  write(text: string): unknown;
}

const HIDE_CURSOR_NO_WRAP = '\u001b[?25l\u001b[?7l';
const SHOW_CURSOR_WRAP = '\u001b[?7h\u001b[?25h';

export class LiveScreen {
  readonly #stream: TerminalStream;
  #height = 0;
  #begun = false;

  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  draw(frame: string): void {
    const lines = frame.split('\n').slice(-Math.max(1, (this.#stream.rows ?? 24) - 1));
    const up = this.#height === 0 ? '' : `\u001b[${this.#height}A`;
    const body = lines.map((line) => `${line}\u001b[K\n`).join('');
    this.#stream.write(`${this.#begun ? '' : HIDE_CURSOR_NO_WRAP}\r${up}${body}\u001b[0J`);
    this.#begun = true;
    this.#height = lines.length;
  }

  end(): void {
    if (this.#begun) this.#stream.write(SHOW_CURSOR_WRAP);
    this.#begun = false;
    this.#height = 0;
  }
}
