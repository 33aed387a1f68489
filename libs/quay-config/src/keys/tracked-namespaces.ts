/**
 * Namespace -> label value, the way Python builds it (contract section 2): a list names its own
 * buckets, a mapping (an object, or a `Map` where the order matters: the last bucket of a name wins) is
 * bucket -> names or one name. Undefined for anything malformed: then no
 * namespace is tracked. Scalars that are no text can never equal a namespace and are left out.
 */
export function mapTrackedNamespaces(raw: unknown): ReadonlyMap<string, string> | undefined {
  if (Array.isArray(raw)) return collect(raw.map((name): [unknown, unknown] => [name, name]));
  if (typeof raw !== 'object' || raw === null) return undefined;
  const entries: Iterable<[unknown, unknown]> = raw instanceof Map ? raw : Object.entries(raw);
  return collect(
    [...entries].flatMap(([bucket, names]) =>
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
    if (typeof name === 'string') mapping.set(name, bucketName(bucket));
  }
  return mapping;
}

/** A key of YAML need not be text. */
function bucketName(bucket: unknown): string {
  if (typeof bucket === 'boolean') return bucket ? 'True' : 'False';
  if (typeof bucket === 'number' || typeof bucket === 'bigint') return String(bucket);
  return typeof bucket === 'string' ? bucket : '';
}
