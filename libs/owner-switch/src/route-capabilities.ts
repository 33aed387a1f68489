import type { Capability } from './capabilities.ts';

/** A route of the registry protocols: what it belongs to, and its numbers in the plan's list of routes. */
export type RegistryRoute = { readonly capability: Capability; readonly planIds: readonly string[] };

function route(capability: Capability, ...planIds: string[]): RegistryRoute {
  return { capability, planIds };
}

/**
 * The routes of `/v1` and `/v2` by Flask endpoint. A push is one capability from its first upload to its
 * manifest, so that no switch can split it; `V2_BLOB` is the download of blobs.
 */
export const REGISTRY_ROUTES: Readonly<Record<string, RegistryRoute>> = {
  'v1.internal_ping': route('V1_OTHER', 'ROUTE_0295'),
  'v1.ping': route('V1_OTHER', 'ROUTE_0296'),
  'v1.get_image_ancestry': route('V1_PULL', 'ROUTE_0297'),
  'v1.put_image_checksum': route('V1_PUSH', 'ROUTE_0298'),
  'v1.get_image_json': route('V1_PULL', 'ROUTE_0299'),
  'v1.put_image_json': route('V1_PUSH', 'ROUTE_0300'),
  'v1.get_image_layer': route('V1_PULL', 'ROUTE_0301'),
  'v1.head_image_layer': route('V1_PULL', 'ROUTE_0302'),
  'v1.put_image_layer': route('V1_PUSH', 'ROUTE_0303'),
  'v1.put_repository_auth': route('V1_PUSH', 'ROUTE_0304'),
  'v1.delete_repository_images': route('V1_DELETE', 'ROUTE_0305'),
  'v1.get_repository_images': route('V1_PULL', 'ROUTE_0306'),
  'v1.update_images': route('V1_PUSH', 'ROUTE_0307'),
  'v1.get_tags': route('V1_PULL', 'ROUTE_0308'),
  'v1.delete_tag': route('V1_DELETE', 'ROUTE_0309'),
  'v1.get_tag': route('V1_PULL', 'ROUTE_0310'),
  'v1.put_tag': route('V1_PUSH', 'ROUTE_0311'),
  'v1.create_repository': route('V1_PUSH', 'ROUTE_0312'),
  'v1.get_search': route('V1_SEARCH', 'ROUTE_0313'),
  'v1.get_user': route('V1_AUTH', 'ROUTE_0314', 'ROUTE_0316'),
  'v1.create_user': route('V1_AUTH', 'ROUTE_0315', 'ROUTE_0317'),
  'v1.update_user': route('V1_AUTH', 'ROUTE_0318'),
  'v2.v2_support_enabled': route('V2_AUTH', 'ROUTE_0319'),
  'v2.download_blob': route('V2_BLOB', 'ROUTE_0320'),
  'v2.check_blob_exists': route('V2_BLOB', 'ROUTE_0321'),
  'v2.delete_manifest_by_digest': route('V2_DELETE', 'ROUTE_0322'),
  'v2.fetch_manifest_by_digest': route('V2_PULL', 'ROUTE_0323'),
  'v2.write_manifest_by_digest': route('V2_PUSH', 'ROUTE_0324'),
  'v2.list_manifest_referrers': route('V2_REFERRERS', 'ROUTE_0325'),
  'v2.delete_manifest_by_tag': route('V2_DELETE', 'ROUTE_0326'),
  'v2.fetch_manifest_by_tagname': route('V2_PULL', 'ROUTE_0327'),
  'v2.write_manifest_by_tagname': route('V2_PUSH', 'ROUTE_0328'),
  'v2.delete_digest': route('V2_DELETE', 'ROUTE_0329'),
  'v2.start_blob_upload': route('V2_PUSH', 'ROUTE_0330'),
  'v2.cancel_upload': route('V2_PUSH', 'ROUTE_0331'),
  'v2.fetch_existing_upload': route('V2_PUSH', 'ROUTE_0332'),
  'v2.upload_chunk': route('V2_PUSH', 'ROUTE_0333'),
  'v2.monolithic_upload_or_last_chunk': route('V2_PUSH', 'ROUTE_0334'),
  'v2.list_all_tags': route('V2_PULL', 'ROUTE_0335'),
  'v2.catalog_search': route('V2_CATALOG', 'ROUTE_0336'),
  'v2.generate_registry_jwt': route('V2_AUTH', 'ROUTE_0337'),
};
