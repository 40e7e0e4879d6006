/** Updates of one execution, known by their id: whoever sends one twice hears the same answer twice. */
export type UpdateAnswer =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly message: string }
  /** The execution closed under it; the client sends it again. */
  | { readonly kind: 'gone' };

type Hear = (answer: UpdateAnswer) => void;

export class Updates {
  readonly #waiting = new Map<string, Hear[]>();
  readonly #answered = new Map<string, UpdateAnswer>();

  /** True where the server has not met this id, and hands the update on. */
  isNew(id: string, hear: Hear): boolean {
    const known = this.#answered.get(id);
    const waiting = this.#waiting.get(id);
    if (known !== undefined) hear(known);
    else if (waiting !== undefined) waiting.push(hear);
    else this.#waiting.set(id, [hear]);
    return known === undefined && waiting === undefined;
  }

  /** Only an accepted update is remembered. */
  answer(id: string, answer: UpdateAnswer): void {
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    if (answer.kind === 'answered') this.#answered.set(id, answer);
    for (const hear of waiting) hear(answer);
  }

  /** The next execution knows none of them. */
  forget(): void {
    this.#waiting.clear();
    this.#answered.clear();
  }
}
