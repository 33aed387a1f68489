/** Enumerations that Python keeps in code; the database stores the number. */
export const CLIENT_ENUMS = {
  RepositoryState: { NORMAL: 0, READ_ONLY: 1, MIRROR: 2, MARKED_FOR_DELETION: 3, ORG_MIRROR: 4 },
  IndexStatus: {
    SCAN_RETRIES_EXHAUSTED: -4,
    MANIFEST_LAYER_TOO_LARGE: -3,
    MANIFEST_UNSUPPORTED: -2,
    FAILED: -1,
    PENDING: 0,
    IN_PROGRESS: 1,
    COMPLETED: 2,
  },
  IndexerVersion: { V2: 2, V4: 4 },
  RepoMirrorRuleType: { TAG_GLOB_CSV: 1 },
  RepoMirrorType: { PULL: 1 },
  RepoMirrorStatus: { CANCEL: -2, FAIL: -1, NEVER_RUN: 0, SUCCESS: 1, SYNCING: 2, SYNC_NOW: 3 },
  SourceRegistryType: { HARBOR: 1, QUAY: 2 },
  OrgMirrorStatus: { CANCEL: -2, FAIL: -1, NEVER_RUN: 0, SUCCESS: 1, SYNCING: 2, SYNC_NOW: 3 },
  OrgMirrorRepoStatus: { CANCEL: -2, FAIL: -1, NEVER_RUN: 0, SUCCESS: 1, SYNCING: 2, SYNC_NOW: 3, SKIP: 4 },
} as const;
