/** One entry of a list on the page. */
export type ListEntry<Item> = { readonly root: Element; update(item: Item): void };

/**
 * Keeps the children of `parent` equal to a list that changes: each item keeps its element as long as it is
 * in the list, so that a refresh takes neither the focus nor a selection away.
 */
export function createKeyedList<Item>(
  parent: Element,
  keyOf: (item: Item) => string,
  create: (item: Item) => ListEntry<Item>,
): (items: readonly Item[]) => void {
  const entries = new Map<string, ListEntry<Item>>();
  return (items) => {
    const keys = new Set(items.map(keyOf));
    for (const [key, { root }] of entries) {
      if (keys.has(key)) continue;
      root.remove();
      entries.delete(key);
    }
    let place = parent.firstElementChild;
    for (const item of items) {
      const key = keyOf(item);
      const entry = entries.get(key) ?? create(item);
      entries.set(key, entry);
      entry.update(item);
      if (entry.root === place) place = place.nextElementSibling;
      else parent.insertBefore(entry.root, place);
    }
  };
}
