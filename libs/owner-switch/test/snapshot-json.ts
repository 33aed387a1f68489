/** A snapshot as it travels, with what a test is about put in its place. */
export function snapshotJson(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { version: 7, updated_at: '2026-02-16T10:11:12Z', owners: {}, ...fields };
}
