/**
 * A record of every request, held in columns of numbers (about 20 bytes each), so that hours of traffic fit into memory and
 * measuring does not disturb what is measured. Rows are in the order in which requests ended. Beyond `keep` the oldest
 * chunk goes, and `forgotten` says how many rows went. Written by traffic-generator.ts, read by traffic-summary.ts.
 */

/** One request as it ended. */
export interface RequestRecord {
  /** When it was due to be sent, in milliseconds since the epoch: a client that lags does not hide waiting. */
  readonly sentAtMs: number;
  /** From due to the end of the answer, or to the failure. */
  readonly latencyMs: number;
  /** 0 where no answer came. */
  readonly status: number;
  /** Cluster that answered, empty where no pod did. */
  readonly colour: string;
  readonly path: string;
  /** Code of the failure where no answer came, such as ECONNRESET; empty otherwise. */
  readonly failure: string;
}

const CHUNK_ROWS = 65_536;

interface Chunk {
  readonly sentAtMs: Float64Array;
  readonly latencyMs: Float32Array;
  readonly status: Uint16Array;
  readonly colour: Uint8Array;
  readonly path: Uint8Array;
  readonly failure: Uint8Array;
  rows: number;
}

/** At most 255 different texts, each known by its number from then on. */
class Words {
  readonly #numbers = new Map<string, number>();
  readonly #words: string[] = [];

  numberOf(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    if (this.#words.length >= 255) throw new RangeError(`too many different words, at ${word}`);
    this.#numbers.set(word, this.#words.length);
    this.#words.push(word);
    return this.#words.length - 1;
  }

  at(number: number | undefined): string {
    return this.#words[number ?? -1] ?? '';
  }
}

export class RequestLog {
  readonly #keepChunks: number;
  readonly #colours = new Words();
  readonly #paths = new Words();
  readonly #failures = new Words();
  #chunks: Chunk[] = [];
  #forgotten = 0;

  /** @param keep rows kept at least; rounded up to whole chunks of 65,536. */
  constructor(keep = 4_000_000) {
    this.#keepChunks = Math.ceil(keep / CHUNK_ROWS) + 1;
  }

  /** Rows that are no longer held. */
  get forgotten(): number {
    return this.#forgotten;
  }

  append(record: RequestRecord): void {
    const chunk = this.#openChunk();
    const row = chunk.rows;
    chunk.sentAtMs[row] = record.sentAtMs;
    chunk.latencyMs[row] = record.latencyMs;
    chunk.status[row] = record.status;
    chunk.colour[row] = this.#colours.numberOf(record.colour);
    chunk.path[row] = this.#paths.numberOf(record.path);
    chunk.failure[row] = this.#failures.numberOf(record.failure);
    chunk.rows += 1;
  }

  /** Requests that were due at or after `fromMs` and before `toMs`. */
  *between(fromMs: number, toMs: number): Generator<RequestRecord> {
    for (const chunk of this.#chunks) {
      for (let row = 0; row < chunk.rows; row += 1) {
        const sentAtMs = chunk.sentAtMs[row] ?? 0;
        if (sentAtMs < fromMs || sentAtMs >= toMs) continue;
        yield {
          sentAtMs,
          latencyMs: chunk.latencyMs[row] ?? 0,
          status: chunk.status[row] ?? 0,
          colour: this.#colours.at(chunk.colour[row]),
          path: this.#paths.at(chunk.path[row]),
          failure: this.#failures.at(chunk.failure[row]),
        };
      }
    }
  }

  #openChunk(): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.rows < CHUNK_ROWS) return last;
    const fresh: Chunk = {
      sentAtMs: new Float64Array(CHUNK_ROWS),
      latencyMs: new Float32Array(CHUNK_ROWS),
      status: new Uint16Array(CHUNK_ROWS),
      colour: new Uint8Array(CHUNK_ROWS),
      path: new Uint8Array(CHUNK_ROWS),
      failure: new Uint8Array(CHUNK_ROWS),
      rows: 0,
    };
    this.#chunks.push(fresh);
    if (this.#chunks.length > this.#keepChunks) {
      this.#forgotten += this.#chunks.shift()?.rows ?? 0;
    }
    return fresh;
  }
}
