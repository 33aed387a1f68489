import { isAlias, isCollection, isMap, isPair, isScalar, type Document, type Node } from 'yaml';

/**
 * A key that stands twice in one mapping, at any depth: in the value of this top-level key, which must itself stand
 * there once, or without one in the whole document. Undefined if there is none.
 */
export function findDuplicateKey(document: Document, topLevelKey?: string): Node | undefined {
  if (topLevelKey === undefined) return duplicateWithin(document, [document.contents]);
  if (!isMap(document.contents)) return undefined;
  const pairs = document.contents.items.filter(({ key }) => nameOf(document, key) === topLevelKey);
  const again = pairs[1]?.key;
  return again === undefined ? duplicateWithin(document, [pairs[0]?.value]) : (again as Node);
}

/** Not recursive, and each node once: aliases make short documents very deep. */
function duplicateWithin(document: Document, roots: readonly unknown[]): Node | undefined {
  const seen = new Set<unknown>();
  const waiting = [...roots];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (node === undefined || node === null || seen.has(node)) continue;
    seen.add(node);
    if (isAlias(node)) waiting.push(node.resolve(document));
    if (isPair(node)) waiting.push(node.key, node.value);
    if (!isCollection(node)) continue;
    if (isMap(node)) {
      const names = new Set<string>();
      for (const { key } of node.items) {
        const name = nameOf(document, key);
        if (names.has(name)) return key as Node;
        names.add(name);
      }
    }
    for (const item of node.items) waiting.push(item);
  }
  return undefined;
}

/** The key as the object that is made of the mapping has it: there, `1` and `"1"` are one key. */
function nameOf(document: Document, key: unknown): string {
  const node = isAlias(key) ? key.resolve(document) : key;
  if (!isScalar<string | number | bigint | boolean | null>(node)) return String(node);
  return node.value === null ? '' : String(node.value);
}
