const untracedServers = new WeakSet<object>();
// The paths of every app's admin listener. They are asked several times a minute, for ever.
const ADMIN_PATHS = new Set(['/metrics', '/livez', '/readyz']);

/**
 * Keeps auto-instrumentation away from a `node:http` or `node:https` server: one whose spans are made by
 * hand with `startHttpSpan`, or an admin listener.
 */
export function leaveUntraced(server: object): void {
  untracedServers.add(server);
}

/** Whether this server was given to {@link leaveUntraced}. */
export function isLeftUntraced(server: unknown): boolean {
  return typeof server === 'object' && server !== null && untracedServers.has(server);
}

/** Whether the request target is an admin endpoint, which is never traced. */
export function isAdminTarget(target: string): boolean {
  const end = target.indexOf('?');
  return ADMIN_PATHS.has(end === -1 ? target : target.slice(0, end));
}
