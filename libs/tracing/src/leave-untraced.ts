const untraced = new WeakSet<object>();
// The paths of every app's admin listener. They are asked several times a minute, for ever.
const ADMIN_PATHS = new Set(['/metrics', '/livez', '/readyz']);

/**
 * Keeps auto-instrumentation away from a `node:http` or `node:https` server, one whose spans are made by hand with
 * `startHttpSpan` or an admin listener, or from what is requested through an agent of theirs.
 */
export function leaveUntraced(serverOrAgent: object): void {
  untraced.add(serverOrAgent);
}

/** Whether this server or agent was given to {@link leaveUntraced}. */
export function isLeftUntraced(serverOrAgent: unknown): boolean {
  return typeof serverOrAgent === 'object' && serverOrAgent !== null && untraced.has(serverOrAgent);
}

/** Whether the request target is an admin endpoint, which is never traced. */
export function isAdminTarget(target: string): boolean {
  const end = target.indexOf('?');
  return ADMIN_PATHS.has(end === -1 ? target : target.slice(0, end));
}
