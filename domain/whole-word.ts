/** Finding a name in a text that may hold others which contain it. Pure. */

/** The text as a part of a regular expression that means just it. */
export function quoted(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
}

/** Is the name there by itself? `shop-blue` is not in `shop-blue-2`, nor in `my-shop-blue`. */
export function holdsName(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w-])${quoted(name)}(?![\\w-])`, 'u').test(text);
}
