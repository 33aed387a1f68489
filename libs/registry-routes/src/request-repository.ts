/** The namespace of repositories whose name has none, if Quay is configured to have one. */
export type LibrarySettings = { readonly namespace: string; readonly enabled: boolean };

/** The repository that a route's placeholders name, as `namespace/name`; undefined if they name none. */
export function repositoryOf(
  params: Readonly<Record<string, string>>,
  library: LibrarySettings,
): string | undefined {
  const { repository } = params;
  if (repository === undefined || repository.includes('/') || !library.enabled) return repository;
  return `${library.namespace}/${repository}`;
}
