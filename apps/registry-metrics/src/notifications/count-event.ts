import {
  countPull,
  countPush,
  type NamedPull,
  type Pull,
  type Push,
} from '@quay-observability/registry-counting';
import type { RegistryEvent } from './read-event.ts';

/** What one event adds to the counters of the contract (section 3). */
export type EventCount =
  | { readonly kind: 'pull'; readonly pull: Pull; readonly named: NamedPull }
  | { readonly kind: 'push'; readonly push: Push }
  /** Of a downloaded blob. */
  | { readonly kind: 'bytes'; readonly sizeBytes: number };

/**
 * The count of an event; undefined if there is none for it. A registry tells only of requests that succeeded: of
 * pulls with 200, of pushes with 201. What the client's request would have counted, its event counts: a manifest by
 * GET or HEAD, a pushed manifest by its type, a blob by GET alone; pushed blobs nothing.
 */
export function countEvent(event: RegistryEvent): EventCount | undefined {
  const { action, content, method, mediaType, repository, tag, digest, unixSeconds, sizeBytes } = event;
  if (content === 'blob')
    return action === 'pull' && (method ?? 'GET') === 'GET' ? { kind: 'bytes', sizeBytes } : undefined;
  if (action === 'push') {
    const push = countPush('v2.write_manifest_by_tagname', method ?? 'PUT', 201, mediaType);
    return push === undefined ? undefined : { kind: 'push', push };
  }
  const by = tag === undefined ? 'digest' : 'tagname';
  const pull = countPull(`v2.fetch_manifest_by_${by}`, method ?? 'GET', 200);
  return pull === undefined
    ? undefined
    : { kind: 'pull', pull, named: { repository, tag, digest, unixSeconds } };
}
