const untraced = new WeakSet<object>();
// The paths of every app's admin listener. They are asked several times a minute, for ever.
const ADMIN_TARGET = /^\/(?:metrics|(?:livez|readyz|startupz)(?:\/[^/?]*)?)(?:\?|$)/;

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
  return ADMIN_TARGET.test(target);
}
