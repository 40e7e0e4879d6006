/** A value that changes over time and is remembered: weights, error rates, silences. Times are epoch milliseconds. */
export class Timeline<Value> {
  readonly #changes: { readonly fromMs: number; readonly value: Value }[];

  constructor(initial: Value) {
    this.#changes = [{ fromMs: Number.NEGATIVE_INFINITY, value: initial }];
  }

  /** From `fromMs` on; changes must come in order of time, a later one planned before is overridden. */
  set(fromMs: number, value: Value): void {
    while ((this.#changes.at(-1)?.fromMs ?? Number.NEGATIVE_INFINITY) > fromMs) this.#changes.pop();
    this.#changes.push({ fromMs, value });
  }

  at(ms: number): Value {
    const change = this.#changes.findLast(({ fromMs }) => fromMs <= ms) ?? this.#changes[0];
    if (change === undefined) throw new Error('a timeline has at least its initial value');
    return change.value;
  }

  /** All values in order, the initial one first. */
  get history(): readonly Value[] {
    return this.#changes.map(({ value }) => value);
  }

  /** The pieces of [fromMs, toMs) with their values. */
  pieces(fromMs: number, toMs: number): readonly { readonly ms: number; readonly value: Value }[] {
    return this.#changes.flatMap(({ fromMs: start, value }, index) => {
      const end = this.#changes[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      const ms = Math.min(end, toMs) - Math.max(start, fromMs);
      return ms > 0 ? [{ ms, value }] : [];
    });
  }
}
