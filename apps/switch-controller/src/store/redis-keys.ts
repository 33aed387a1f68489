/** What the controller keeps in Redis (`USER_EVENTS_REDIS`). */
export const SWITCH_KEYS = {
  /** Hash: `version`, `tag` and `snapshot` of what is published. One key, so that it is evicted whole or not at all. */
  published: 'quay_switch:published',
  /** List of history entries, JSON, newest first. */
  history: 'quay_switch:history',
  /** Hash: id of a process -> its record, JSON. */
  processes: 'quay_switch:processes',
} as const;

/** Set of the processes whose acknowledgement of a version has been observed; expires. */
export function acknowledgedKey(version: number): string {
  return `quay_switch:acknowledged:${version}`;
}
