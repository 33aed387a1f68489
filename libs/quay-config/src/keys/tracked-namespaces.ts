/**
 * Namespace -> label value, the way Python builds it (contract section 2): a list names its own
 * buckets, a mapping is bucket -> names or one name. Undefined for anything malformed: then no
 * namespace is tracked. Scalars that are no text can never equal a namespace and are left out.
 */
export function mapTrackedNamespaces(raw: unknown): ReadonlyMap<string, string> | undefined {
  if (Array.isArray(raw)) return collect(raw.map((name): [unknown, unknown] => [name, name]));
  if (typeof raw !== 'object' || raw === null) return undefined;
  return collect(
    Object.entries(raw).flatMap(([bucket, names]: [string, unknown]) =>
      (Array.isArray(names) ? (names as unknown[]) : [names]).map((name): [unknown, unknown] => [
        name,
        bucket,
      ]),
    ),
  );
}

function collect(
  pairs: readonly [name: unknown, bucket: unknown][],
): ReadonlyMap<string, string> | undefined {
  const mapping = new Map<string, string>();
  for (const [name, bucket] of pairs) {
    // A list or mapping cannot be a key in Python: the whole setting is void.
    if (typeof name === 'object' && name !== null) return undefined;
    if (typeof name === 'string') mapping.set(name, String(bucket));
  }
  return mapping;
}
