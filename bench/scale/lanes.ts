/** So many at once, in order; the results in order, too. */
export async function inLanes<Item, Value>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Value>,
): Promise<readonly Value[]> {
  const results = new Map<number, Value>();
  const waiting = items.entries();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const [index, item] of waiting) results.set(index, await work(item));
    }),
  );
  return items.flatMap((_, index) => {
    const value = results.get(index);
    return value === undefined ? [] : [value];
  });
}
