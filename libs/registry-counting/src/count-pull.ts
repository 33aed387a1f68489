/** What Python counts in `quay_registry_image_pulls_total` (contract section 3). */
export type Pull = {
  readonly protocol: 'v1' | 'v2';
  readonly ref: 'tag' | 'manifest';
  readonly status: string;
};

type Rule = Pick<Pull, 'protocol' | 'ref'> & { readonly statuses: readonly number[] };

// 401 and 403 of v2 come from the authorisation layer, in front of what counts.
const RULES: ReadonlyMap<string, Rule> = new Map([
  ['v2.fetch_manifest_by_tagname', { protocol: 'v2', ref: 'tag', statuses: [200, 404, 400] }],
  ['v2.fetch_manifest_by_digest', { protocol: 'v2', ref: 'manifest', statuses: [200, 404] }],
  ['v1.get_repository_images', { protocol: 'v1', ref: 'tag', statuses: [200, 404, 403] }],
]);

/** The pull that an answered request is, if it is one. HEAD counts as GET does: Flask runs the same view. */
export function countPull(endpoint: string, method: string, status: number): Pull | undefined {
  const rule = RULES.get(endpoint);
  if (rule === undefined || (method !== 'GET' && method !== 'HEAD') || !rule.statuses.includes(status))
    return undefined;
  return { protocol: rule.protocol, ref: rule.ref, status: String(status) };
}
