import { decodePath } from './decode-path.ts';
import { isNamespaceLike } from './segment-checks.ts';

/** The label of every request whose namespace no bucket names. */
export const OTHER_NAMESPACE = 'other';

/**
 * The namespace that Python takes a request to belong to (contract section 2): the route parameter
 * `namespace_name` or `namespace`, else the first path segment if it looks like a name and the path has
 * more segments. The rules of `/v1` and `/v2` carry `repository` only, so for them this is `v1` or `v2`.
 * `path` is the decoded path if it is known already, as from a `RouteMatch`.
 */
export function requestNamespace(
  params: Readonly<Record<string, string>>,
  target: string,
  path = decodePath(target),
): string | undefined {
  const named = params.namespace_name ?? '';
  if (named !== '') return named;
  const namespace = params.namespace ?? '';
  if (namespace !== '') return namespace;
  let start = 0;
  while (path.charCodeAt(start) === 0x2f) start += 1;
  const slash = path.indexOf('/', start);
  // Slashes at the end do not make another segment.
  if (slash === -1 || /^\/+$/.test(path.slice(slash))) return undefined;
  const first = path.slice(start, slash);
  return isNamespaceLike(first) ? first : undefined;
}

/**
 * The value of the label `namespace_name`: the bucket that `TRACKED_NAMESPACES` (namespace -> bucket) names
 * for the namespace, else `other`.
 */
export function namespaceLabel(namespace: string | undefined, buckets: ReadonlyMap<string, string>): string {
  const bucket = namespace === undefined ? '' : (buckets.get(namespace) ?? '');
  return bucket === '' ? OTHER_NAMESPACE : bucket;
}
