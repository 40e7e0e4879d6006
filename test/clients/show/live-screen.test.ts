/* oxlint-disable no-control-regex -- terminals are controlled by nothing else */
import { LiveScreen } from '#clients/show/live-screen.ts';

/** A terminal that understands as much as the screen uses: lines, cursor up, and erasing. */
class Terminal {
  readonly rows: number;
  readonly lines: string[] = [''];
  wraps = true;
  showsCursor = true;
  #row = 0;

  constructor(rows: number) {
    this.rows = rows;
  }

  write(text: string): void {
    const parts = text.match(/\u001b\[\??\d*[A-Za-z]|\n|\r|[^\u001b\n\r]+/gu) ?? [];
    for (const part of parts) this.#apply(part);
  }

  #apply(part: string): void {
    const up = /^\u001b\[(\d+)A$/u.exec(part)?.[1];
    if (up !== undefined) this.#row = Math.max(0, this.#row - Number(up));
    else if (part === '\n') this.#row += 1;
    else if (part === '\u001b[0J') this.lines.length = this.#row;
    else if (part === '\u001b[?7l' || part === '\u001b[?7h') this.wraps = part.endsWith('h');
    else if (part === '\u001b[?25l' || part === '\u001b[?25h')
      this.showsCursor = part.endsWith('h');
    else if (!part.startsWith('\u001b') && part !== '\r') this.lines[this.#row] = part;
  }
}

describe('a screen that is redrawn', () => {
  it('stands where it stood, also when it shrinks', () => {
    const terminal = new Terminal(24);
    const screen = new LiveScreen(terminal);

    screen.draw('one\ntwo\nthree');
    screen.draw('eins\nzwei');

    expect(terminal.lines).toEqual(['eins', 'zwei']);
  });

  it('shows the end of what is taller than the terminal', () => {
    const terminal = new Terminal(4);
    const screen = new LiveScreen(terminal);

    screen.draw('1\n2\n3\n4\n5');
    screen.draw('a\nb\nc\nd\ne');

    expect(terminal.lines).toEqual(['c', 'd', 'e']);
  });

  it('leaves a sane terminal and the last frame behind', () => {
    const terminal = new Terminal(24);
    const screen = new LiveScreen(terminal);

    screen.draw('last');
    expect([terminal.wraps, terminal.showsCursor]).toEqual([false, false]);
    screen.end();
    screen.end();

    expect([terminal.wraps, terminal.showsCursor]).toEqual([true, true]);
    expect(terminal.lines).toEqual(['last']);
  });
});
