/**
 * AWS's request rate limit: a bucket per account that holds `burst` tokens and is refilled at `ratePerSecond`. A call takes one
 * token; without one it is throttled.
 * Source: EC2 API throttling, docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html; the same scheme is assumed for
 * Elastic Load Balancing, whose numbers AWS does not publish.
 */
export interface BucketSize {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export class TokenBuckets {
  readonly #size: BucketSize;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, { tokens: number; filledAtMs: number }>();

  constructor(size: BucketSize, nowMs: () => number) {
    this.#size = size;
    this.#nowMs = nowMs;
  }

  /** Takes one token of the account's bucket; false when it is empty. */
  take(accountId: string): boolean {
    const nowMs = this.#nowMs();
    const bucket = this.#buckets.get(accountId) ?? { tokens: this.#size.burst, filledAtMs: nowMs };
    const refilled = ((nowMs - bucket.filledAtMs) / 1000) * this.#size.ratePerSecond;
    const tokens = Math.min(this.#size.burst, bucket.tokens + refilled);
    const granted = tokens >= 1;
    this.#buckets.set(accountId, { tokens: granted ? tokens - 1 : tokens, filledAtMs: nowMs });
    return granted;
  }
}
