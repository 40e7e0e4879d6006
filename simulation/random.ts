/** Numbers that a seed decides, and nothing else does. Streams of different names do not disturb each other. */
export class Random {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }

  /** A stream of its own; the same name gives the same stream, however much was drawn meanwhile. */
  fork(name: string): Random {
    let hash = 2_166_136_261 ^ this.#seed;
    for (const character of name)
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
    return new Random(mix(hash));
  }

  /** 0 to below 1. */
  unit(): number {
    this.#state = (this.#state + 0x6d_2b_79_f5) | 0;
    return (mix(this.#state) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends among them. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.unit() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.whole(0, items.length - 1)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  }
}

/** Every bit of the answer depends on every bit of the number. */
function mix(number: number): number {
  let mixed = Math.imul(number ^ (number >>> 15), 0x2c_1b_3c_6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x29_7a_2d_39);
  return mixed ^ (mixed >>> 15);
}
