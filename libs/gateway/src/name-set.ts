/**
 * Whether a header's name, in any case, is one of these (lower-case) names. Most names are told apart by their length,
 * which costs less than to look them up.
 */
export function createNameSet(names: readonly string[]): (name: string) => boolean {
  const known = new Set(names);
  const lengths = new Uint8Array(1 + Math.max(...names.map(({ length }) => length)));
  for (const { length } of names) lengths[length] = 1;
  return (name) => lengths[name.length] === 1 && known.has(name.toLowerCase());
}
