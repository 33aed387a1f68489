/** The hash of a pull event as it is read back: `pull_count` a number, the other fields text (contract section 4). */
export type PullEvent = { readonly pull_count: number } & Readonly<Record<string, string | number>>;

/** Undefined for a missing key. A `pull_count` that is absent or no whole number is NaN. */
export function parsePullEvent(hash: Readonly<Record<string, string>>): PullEvent | undefined {
  if (Object.keys(hash).length === 0) return undefined;
  const count = hash.pull_count ?? '';
  return { ...hash, pull_count: /^-?\d+$/.test(count) ? Number(count) : Number.NaN };
}
