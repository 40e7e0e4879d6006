import type { Capsules } from '#activities/ports/capsules.ts';
import { assertNever } from '#domain/assert-never.ts';
import { capsuleText, type Capsule } from '#domain/capsule/capsule.ts';

/** Capsules in memory; `written` keeps every one that was ever written, oldest first. */
export class FakeCapsules implements Capsules {
  readonly written: Capsule[] = [];
  readonly #texts = new Map<string, string>();

  async write(place: Parameters<Capsules['write']>[0], capsule: Capsule): Promise<void> {
    this.written.push(capsule);
    this.#texts.set(`${keyOf(place)}/${capsule.workflowId}`, capsuleText(capsule));
  }

  /** The newest one that was not taken away. */
  latest(): Capsule | null {
    const kept = new Set(this.#texts.values());
    return this.written.findLast((capsule) => kept.has(capsuleText(capsule))) ?? null;
  }

  async remove(place: Parameters<Capsules['write']>[0], workflowId: string): Promise<void> {
    this.#texts.delete(`${keyOf(place)}/${workflowId}`);
  }

  async list(
    place: Parameters<Capsules['write']>[0],
  ): Promise<readonly { readonly source: string; readonly text: string }[]> {
    const key = `${keyOf(place)}/`;
    return [...this.#texts].flatMap(([source, text]) =>
      source.startsWith(key) ? [{ source, text }] : [],
    );
  }
}

function keyOf(place: Parameters<Capsules['write']>[0]): string {
  switch (place.with) {
    case 'file':
      return place.directory ?? '/capsules';
    case 'ssm':
      return `ssm:${place.prefix}`;
    case 's3':
      return `s3://${place.bucket}/${place.prefix}`;
    default:
      return assertNever(place);
  }
}
