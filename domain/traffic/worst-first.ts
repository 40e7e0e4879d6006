/**
 * The order in which routes come back: the one with most users on green first.
 * @param greenPercent of an item; null where it is not known, which may be everything
 */
export function worstFirst<Item>(
  items: readonly Item[],
  greenPercent: (item: Item) => number | null,
): readonly Item[] {
  const share = (item: Item): number => greenPercent(item) ?? 100;
  return items.toSorted((one, other) => share(other) - share(one));
}
