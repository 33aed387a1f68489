import { parseSnapshot, type ParsedSnapshot } from '@quay-observability/owner-switch';

/** A snapshot as it travels. */
export function snapshotJson(version: number, owners: Record<string, string> = {}, more: object = {}) {
  return { version, updated_at: '2026-02-16T10:11:12Z', owners, ...more };
}

/** The same, parsed. */
export function snapshotOf(
  version: number,
  owners: Record<string, string> = {},
  more: object = {},
): ParsedSnapshot {
  return parseSnapshot(snapshotJson(version, owners, more));
}

/** A pull of a manifest by tag. */
export const PULL = {
  family: 'REGISTRY_V2',
  method: 'GET',
  endpoint: 'v2.fetch_manifest_by_tagname',
  repository: 'acme/app',
} as const;

export const PULLS_TO_GO = { ROUTE_OWNER_CAP_V2_PULL: 'go' };
